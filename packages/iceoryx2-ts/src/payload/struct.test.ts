import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { InvalidNameError } from "../base/general-errors.ts";
import { array } from "./array.ts";
import type { FixedType } from "./meaning.ts";
import { memoryWith, TestMemory, untyped } from "./memory.test-support.ts";
import { PayloadTypeError, PayloadValueError } from "./payload-errors.ts";
import { bool, f32, f64, i32, u8, u16, u64 } from "./scalars.ts";
import { bytes } from "./slice.ts";
import { staticString } from "./static-string.ts";
import { staticVec } from "./static-vec.ts";
import { struct } from "./struct.ts";

const Vec3 = struct("Vec3", { x: f64, y: f64, z: f64 });
const Robot = struct("Robot", {
  id: u64,
  name: staticString(32),
  pose: Vec3,
  joints: array(f32, 3),
  path: staticVec(Vec3, 2),
  corners: array(Vec3, 2),
  armed: bool,
});
const ROBOT = {
  id: 1n,
  name: "arm",
  pose: { x: 1, y: 2, z: 3 },
  joints: [1, 2, 3],
  path: [{ x: 4, y: 5, z: 6 }],
  corners: [{ x: 7, y: 8, z: 9 }],
  armed: true,
};

describe("the definition of a struct", () => {
  it("has the size and alignment of C", () => {
    const sizes = (type: FixedType): [number, number] => [type.size, type.alignment];
    assert.deepEqual(sizes(struct("TransmissionData", { x: i32, y: i32, funky: f64 })), [16, 8]);
    assert.deepEqual(sizes(struct("CustomHeader", { version: i32, timestamp: u64 })), [16, 8]);
    assert.deepEqual(sizes(struct("Tail", { a: u64, b: u8 })), [16, 8]);
    assert.deepEqual(sizes(struct("Small", { a: u8, b: u16, c: u8 })), [6, 2]);
    assert.deepEqual(sizes(struct("Bytes", { a: u8, b: array(u8, 2) })), [3, 1]);
    assert.deepEqual(sizes(Robot), [8 + 48 + 24 + 16 + 56 + 48 + 8, 8]);
  });

  it("lays the fields out in the order of the keys", () => {
    const Mixed = struct("Mixed", { b: u8, a: u16, nested: struct("Inner", { z: u8, y: f32 }), last: u8 });
    const { bytes: memory } = memoryWith(Mixed, { last: 5, nested: { y: 1.5, z: 4 }, a: 0x0302, b: 1 });
    assert.deepEqual([memory[0], memory[2], memory[3], memory[4], memory[12]], [1, 2, 3, 4, 5]);
    assert.deepEqual([...memory.subarray(8, 12)], [0, 0, 0xc0, 0x3f]);
    assert.equal(memory.length, 16);
  });

  it("refuses names that JavaScript does not keep in place", () => {
    const refused: [fields: unknown, name: string][] = [
      [{ a: u8, 1: u8 }, "T.1"],
      [{ "007": u8 }, "T.007"],
      [{ ["__proto__"]: u8, a: u8 }, "T.__proto__"],
      [{ a: u8, __proto__: u8 }, "T.__proto__"],
    ];
    for (const [fields, origin] of refused) {
      assert.throws(
        () => struct("T", untyped<never>(fields)),
        (error) =>
          error instanceof PayloadTypeError && error.code === "InvalidFieldName" && error.origin === origin,
      );
    }
    struct("T", { x1: u8, "-": u8 });
    struct("T", Object.assign(Object.create(null), { x: u8 }));
  });

  it("refuses structs without fields and fields that are not self-contained", () => {
    assert.throws(() => struct("T", {}), { code: "NoFields" });
    for (const field of [String, undefined, null, 5, { kind: "fixed" }]) {
      assert.throws(() => struct("T", untyped<never>({ a: u8, b: field })), { code: "NotSelfContained" });
    }
    assert.throws(() => struct("T", untyped<never>({ data: bytes })), {
      origin: "T.data",
      message:
        "cannot define T.data as a slice: only a whole payload may be one. Use array(T, n) or staticVec(T, n).",
    });
    for (const name of ["N".repeat(257), "Gr\u00f6\u00dfe", "a\u0000", untyped<string>({ x: u8 })]) {
      assert.throws(() => struct(name, { x: u8 }), InvalidNameError);
    }
  });

  it("cannot be changed afterwards", () => {
    const fields = { x: u8, y: u8 };
    const Pair = struct("Pair", fields);
    fields.y = untyped(u64);
    assert.deepEqual(Pair.fields, { x: u8, y: u8 });
    assert.throws(() => Object.assign(Pair.fields, { x: u64 }), TypeError);
    assert.throws(() => Object.assign(Pair, { size: 1 }), TypeError);
  });
});

describe("the value of a struct", () => {
  it("is a plain object in the order of the keys", () => {
    const value = memoryWith(Robot, ROBOT).read();
    assert.deepEqual(Object.keys(value), Object.keys(ROBOT));
    assert.deepEqual(value, {
      ...ROBOT,
      joints: Float32Array.of(1, 2, 3),
      corners: [
        { x: 7, y: 8, z: 9 },
        { x: 0, y: 0, z: 0 },
      ],
    });
  });

  it("may be a view, and have more than the fields", () => {
    const source = memoryWith(Robot, ROBOT);
    const target = new TestMemory(Robot);
    for (const view of [source.view, source.readonlyView]) {
      target.bytes.fill(0);
      target.write({ ...{ more: 1 }, ...source.read() });
      target.write(untyped(view));
      assert.deepEqual(target.read(), source.read());
    }
    assert.ok(target.isAroundIntact);
  });

  it("is refused if any of its fields is missing, whatever type it has", () => {
    for (const name of Object.keys(ROBOT)) {
      assert.throws(() => memoryWith(Robot, untyped({ ...ROBOT, [name]: undefined })), {
        code: "MissingField",
        origin: `Robot.${name}`,
      });
    }
  });

  it("is refused where it does not fit, and the error says where and what to write", () => {
    const pose = { x: 1, y: 2 };
    const refused: [value: unknown, code: string, origin: string, message: RegExp][] = [
      [{ ...ROBOT, id: 5 }, "WrongType", "Robot.id", /the number 5 is no u64; it takes a bigint: write 5n/],
      [{ ...ROBOT, pose }, "MissingField", "Robot.pose.z", /the field is missing. Add it/],
      [
        { ...ROBOT, pose: 5 },
        "WrongType",
        "Robot.pose",
        /the number 5 has no fields.*an object with x, y, z/,
      ],
      [{ ...ROBOT, name: "x".repeat(33) }, "TooLong", "Robot.name", /33 characters.*room for 32/],
      [{ ...ROBOT, joints: [1, "2"] }, "WrongType", "Robot.joints[1]", /the string "2" is no f32/],
      [{ ...ROBOT, joints: [1, 2, 3, 4] }, "TooLong", "Robot.joints", /4 elements.*room for 3/],
      [{ ...ROBOT, path: [pose] }, "MissingField", "Robot.path[0].z", /missing/],
      [{ ...ROBOT, corners: [{ x: "" }] }, "WrongType", "Robot.corners[0].x", /the string "" is no f64/],
      [{ ...ROBOT, armed: undefined }, "MissingField", "Robot.armed", /missing/],
      [null, "WrongType", "Robot", /null has no fields/],
      ["robot", "WrongType", "Robot", /the string "robot" has no fields/],
    ];
    for (const [value, code, origin, message] of refused) {
      assert.throws(
        () => memoryWith(Robot, untyped(value)),
        (error) =>
          error instanceof PayloadValueError &&
          error.code === code &&
          error.origin === origin &&
          error.message.startsWith(`cannot write ${origin}: `) &&
          message.test(error.message),
      );
    }
  });

  it("may throw an error of its own", () => {
    const failure = new Error("own");
    const value = {
      get x(): number {
        throw failure;
      },
    };
    assert.throws(
      () => memoryWith(struct("T", { x: u8 }), value),
      (error) => error === failure,
    );
  });
});

describe("the view of a struct", () => {
  it("reads and writes the memory, by field and by value", () => {
    const memory = memoryWith(Robot, ROBOT);
    const { view, readonlyView } = memory;
    view.id = 7n;
    view.name = "leg";
    view.pose.x = 10;
    view.joints.set([4], 1);
    view.path.push({ x: 1, y: 1, z: 1 });
    view.armed = false;
    assert.deepEqual([readonlyView.id, readonlyView.name, readonlyView.pose.x], [7n, "leg", 10]);
    assert.deepEqual([...readonlyView.joints], [1, 4, 3]);
    assert.deepEqual([readonlyView.path.length, readonlyView.armed], [2, false]);
    view.pose = { x: 0, y: 0, z: 5 };
    view.corners = untyped([{ x: 1, y: 1, z: 1 }]);
    assert.deepEqual(memory.read().pose, { x: 0, y: 0, z: 5 });
    assert.equal(readonlyView.corners[0]?.x, 1);
    assert.ok(memory.isAroundIntact);
  });

  it("checks what is assigned", () => {
    const { view } = memoryWith(Robot, ROBOT);
    assert.throws(
      () => {
        view.id = untyped(5);
      },
      { origin: "Robot.id", code: "WrongType" },
    );
    assert.throws(
      () => {
        view.pose = untyped({ x: 1 });
      },
      { origin: "Robot.pose.y", code: "MissingField" },
    );
    assert.throws(
      () => {
        view.pose.x = untyped(5n);
      },
      { origin: "Vec3.x", code: "WrongType" },
    );
  });

  it("has no setters where the memory is read-only", () => {
    const memory = memoryWith(Robot, ROBOT);
    const before = memory.bytes.slice();
    const readonly = untyped<typeof memory.view>(memory.readonlyView);
    for (const assign of [
      () => {
        readonly.id = 5n;
      },
      () => {
        readonly.pose.x = 5;
      },
      () => {
        readonly.pose = { x: 0, y: 0, z: 0 };
      },
      () => {
        readonly.corners[0]!.x = 5;
      },
    ]) {
      assert.throws(assign, TypeError);
    }
    assert.deepEqual(memory.bytes, before);
  });

  it("has no names on it but those of its fields", () => {
    const { view } = memoryWith(Vec3, { x: 1, y: 2, z: 3 });
    assert.deepEqual(Object.getOwnPropertyNames(view), []);
    const names: string[] = [];
    for (const name in view) names.push(name);
    assert.deepEqual(names, ["x", "y", "z"]);
    assert.deepEqual(structuredClone(view), {});
  });

  it("prints and converts as its fields", () => {
    const Pair = struct("Pair", { at: Vec3, name: staticString(4), data: array(u8, 2), id: u64 });
    const value = { at: { x: 1, y: 2, z: 3 }, name: "ab", data: [1, 2], id: 5n };
    const { view, readonlyView } = memoryWith(Pair, value);
    const expected =
      "Pair {\n  at: Vec3 { x: 1, y: 2, z: 3 },\n  name: 'ab',\n  data: Uint8Array(2) [ 1, 2 ],\n  id: 5n\n}";
    assert.equal(inspect(view), expected);
    assert.equal(inspect(readonlyView), expected);
    assert.equal(inspect({ a: { b: { view } } }, { depth: 1, compact: true }), "{ a: { b: [Object] } }");
    assert.equal(inspect({ view }, { depth: 0 }), "{ view: Pair [Object] }");
    assert.match(inspect({ view }, { depth: 1 }), /at: Vec3 \[Object\]/);
    assert.deepEqual(JSON.parse(JSON.stringify(view.at)), value.at);
    assert.throws(() => JSON.stringify(view), TypeError, "a bigint is left to the user");
  });

  it("shows fields whatever they are called", () => {
    const names = ["constructor", "toJSON", "toString", "length", "prototype", "then", "valueOf", "lease"];
    const Odd = struct("Odd", Object.fromEntries(names.map((name) => [name, u8])));
    const value = Object.fromEntries(names.map((name, index) => [name, index]));
    const { view, read } = ((memory) => ({ view: memory.view, read: () => memory.read() }))(
      memoryWith(Odd, value),
    );
    assert.deepEqual(read(), value);
    assert.deepEqual(
      names.map((name) => view[name]),
      names.map((_, index) => index),
    );
    assert.match(inspect(view), /^Odd \{/);
  });
});
