import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { array } from "./array.ts";
import { memoryWith, sliceMemoryWith, untyped } from "./memory.test-support.ts";
import { PayloadTypeError, PayloadValueError } from "./payload-errors.ts";
import { bool, f32, i32, i64, u8 } from "./scalars.ts";
import { bytes, slice } from "./slice.ts";
import { staticString } from "./static-string.ts";
import { struct } from "./struct.ts";

const Point = struct("Point", { x: i32, y: i32 });
const points = slice(Point);
const VALUES = [
  { x: 1, y: 2 },
  { x: 3, y: 4 },
  { x: 5, y: 6 },
];

describe("a sequence", () => {
  it("is indexed and iterated as an array", () => {
    const { view } = sliceMemoryWith(points, VALUES);
    assert.equal(view.length, 3);
    assert.deepEqual([view[0]?.x, view[2]?.y], [1, 6]);
    assert.deepEqual([view.at(0)?.x, view.at(-1)?.y, view.at(1.9)?.x, view.at(Number.NaN)?.x], [1, 6, 3, 1]);
    for (const index of [3, -4, Number.POSITIVE_INFINITY]) assert.equal(view.at(index), undefined);
    assert.deepEqual(
      [...view].map(({ x }) => x),
      [1, 3, 5],
    );
    assert.deepEqual(
      Array.from(view, ({ y }) => y),
      [2, 4, 6],
    );
    const record = untyped<Record<string, unknown>>(view);
    for (const key of ["3", "-1", "01", "1.5", "x", "then"]) assert.equal(record[key], undefined);
  });

  it("is written through its elements only", () => {
    const memory = sliceMemoryWith(points, VALUES);
    const first = memory.view[0]!;
    first.x = 7;
    memory.view.at(1)!.y = 8;
    for (const { x } of memory.view) assert.ok(x > 0);
    assert.deepEqual(memory.read().slice(0, 2), [
      { x: 7, y: 2 },
      { x: 3, y: 8 },
    ]);
    const writable = untyped<Record<string, unknown>>(memory.view);
    for (const key of ["0", "3", "length", "x"]) {
      assert.throws(() => {
        writable[key] = { x: 1, y: 1 };
      }, TypeError);
    }
    assert.throws(() => {
      untyped<typeof VALUES>(memory.readonlyView)[0]!.x = 1;
    }, TypeError);
    assert.ok(memory.isAroundIntact);
  });

  it("prints and converts as an array", () => {
    const { view } = sliceMemoryWith(points, VALUES.slice(1));
    assert.equal(inspect(view), "[ Point { x: 3, y: 4 }, Point { x: 5, y: 6 } ]");
    assert.equal(inspect({ deep: { view } }, { depth: 0 }), "{ deep: [Object] }");
    assert.deepEqual(JSON.parse(JSON.stringify({ view })), { view: VALUES.slice(1) });
    assert.deepEqual(structuredClone(view), {});
    const { view: flags } = memoryWith(array(bool, 200), []);
    assert.match(inspect(flags), /false, false,[\s\S]*\.\.\. 100 more items\n\]$/);
    assert.equal(inspect(flags, { maxArrayLength: null }).match(/false/g)?.length, 200);
  });

  it("holds strings, booleans and arrays as well", () => {
    const names = memoryWith(array(staticString(4), 3), ["a", "bc"]);
    assert.deepEqual([...names.view], ["a", "bc", ""]);
    const flags = memoryWith(array(bool, 3), [true, false, true]);
    assert.deepEqual(flags.read(), [true, false, true]);
    const rows = memoryWith(array(array(f32, 2), 2), [[1, 2], [3]]);
    assert.deepEqual([...rows.view], [Float32Array.of(1, 2), Float32Array.of(3, 0)]);
    assert.deepEqual(rows.read(), [Float32Array.of(1, 2), Float32Array.of(3, 0)]);
  });
});

describe("slices and arrays of numbers", () => {
  it("are typed arrays over the memory itself, and copies as plain values", () => {
    const memory = sliceMemoryWith(bytes, [1, 2, 3]);
    const { view } = memory;
    const copy = memory.read();
    view[0] = 9;
    assert.deepEqual(view, Uint8Array.of(9, 2, 3));
    assert.deepEqual(memory.bytes, view);
    assert.deepEqual(copy, Uint8Array.of(1, 2, 3));
    assert.notEqual(copy.buffer, view.buffer);
    assert.equal(copy.buffer.byteLength, 3);
    assert.deepEqual(memoryWith(array(i64, 2), [1n, -1n]).view, BigInt64Array.of(1n, -1n));
  });

  it("take arrays and typed arrays of any kind and length", () => {
    const long = Array.from({ length: 100 }, (_, index) => index);
    for (const length of [0, 1, 16, 17, 100]) {
      const values = long.slice(0, length);
      const expected = Uint8Array.from(values);
      const inputs = [
        values,
        expected,
        Buffer.from(values),
        Int32Array.from(values),
        Uint8ClampedArray.from(values),
      ];
      for (const input of inputs) {
        const memory = sliceMemoryWith(bytes, input);
        assert.deepEqual(memory.view, expected);
        assert.ok(memory.isAroundIntact);
      }
    }
    assert.deepEqual(sliceMemoryWith(bytes, Uint8Array.of(0, 1, 2, 3).subarray(2)).view, Uint8Array.of(2, 3));
    assert.deepEqual(sliceMemoryWith(bytes, Int32Array.of(257, -1)).view, Uint8Array.of(1, 255));
  });

  it("leave zeros behind fewer elements than there is room for", () => {
    for (const value of [[1], new Float32Array(20).fill(1)]) {
      const memory = memoryWith(array(f32, 40), value);
      const expected = new Float32Array(40).fill(1, 0, value.length);
      assert.deepEqual(memory.view, expected);
      assert.ok(memory.isAroundIntact);
    }
  });

  it("refuse what does not fit, and say where", () => {
    const refuses = (type: Parameters<typeof sliceMemoryWith>[0], value: unknown, message: string): void =>
      assert.throws(
        () => sliceMemoryWith(type, untyped(value)),
        (error) => error instanceof PayloadValueError && error.message === message,
      );
    refuses(
      bytes,
      "text",
      'cannot write value: the string "text" has no elements; it takes an array or a typed array.',
    );
    refuses(bytes, null, "cannot write value: null has no elements; it takes an array or a typed array.");
    refuses(
      bytes,
      new DataView(new ArrayBuffer(1)),
      "cannot write value: an object has no elements; it takes an array or a typed array.",
    );
    refuses(bytes, [1, "2"], 'cannot write value[1]: the string "2" is no u8; it takes a number.');
    refuses(
      slice(i64),
      Int32Array.of(5),
      "cannot write value[0]: the number 5 is no i64; it takes a bigint: write 5n.",
    );
    refuses(points, [VALUES[0], { x: 1 }], "cannot write value[1].y: the field is missing. Add it.");
    refuses(
      points,
      [undefined],
      "cannot write value[0]: undefined has no fields; it takes an object with x, y.",
    );
    assert.throws(() => memoryWith(array(u8, 2), [1, 2, 3]), {
      code: "TooLong",
      message: "cannot write value: it has 3 elements, but there is room for 2. Write fewer.",
    });
  });

  it("have elements of fixed size, and arrays a length from 1 on", () => {
    for (const element of [bytes, undefined, String]) {
      for (const define of [() => slice(untyped<never>(element)), () => array(untyped<never>(element), 2)]) {
        assert.throws(
          define,
          (error) => error instanceof PayloadTypeError && error.code === "NotSelfContained",
        );
      }
    }
    assert.throws(() => array(u8, 0), { code: "InvalidLength" });
    assert.throws(() => array(u8, 2 ** 41), { code: "TooLarge" });
    assert.deepEqual([bytes.kind, bytes.element], ["slice", u8]);
  });
});
