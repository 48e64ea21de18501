import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { UseAfterReleaseError } from "../base/general-errors.ts";
import { array } from "./array.ts";
import { Lease, NO_USE } from "./lease.ts";
import { CHUNK, memoryWith, PAYLOAD, sliceMemoryWith } from "./memory.test-support.ts";
import { bool, i32 } from "./scalars.ts";
import { slice } from "./slice.ts";
import { staticString } from "./static-string.ts";
import { staticVec } from "./static-vec.ts";
import { struct } from "./struct.ts";

const Point = struct("Point", { x: i32, y: i32 });
const Shape = struct("Shape", {
  name: staticString(8),
  center: Point,
  corners: array(Point, 2),
  path: staticVec(Point, 3),
  ticks: staticVec(i32, 3),
  flags: array(bool, 2),
});
const SHAPE = {
  name: "square",
  center: { x: 1, y: 2 },
  corners: [
    { x: 3, y: 4 },
    { x: 5, y: 6 },
  ],
  path: [{ x: 7, y: 8 }],
  ticks: [9],
  flags: [true, false],
};

function isUseAfterRelease(error: unknown): boolean {
  return error instanceof UseAfterReleaseError && error.origin === "the loan of a test";
}

describe("a lease", () => {
  it("is of one use at a time, each with a number of its own", () => {
    const lease = new Lease(new DataView(new ArrayBuffer(8)), 0, () => "it");
    assert.equal(lease.use, NO_USE);
    const first = lease.begin();
    lease.demand(first);
    lease.end();
    lease.end();
    const isUseAfterRelease = { name: "UseAfterReleaseError", origin: "it" };
    assert.throws(() => lease.demand(first), isUseAfterRelease);
    const second = lease.begin();
    lease.demand(second);
    assert.throws(() => lease.demand(first), isUseAfterRelease);
    lease.resume(first);
    lease.demand(first);
    assert.throws(() => lease.demand(second), isUseAfterRelease);
  });
});

describe("the typed array over a part of a lease", () => {
  const memory = new DataView(new ArrayBuffer(64));
  const place = (shown: { readonly buffer: ArrayBufferLike; readonly byteOffset: number }) => [
    shown.buffer,
    shown.byteOffset,
  ];

  it("is the same one as long as the same part is asked for", () => {
    const lease = new Lease(memory, 8, () => "it");
    const first = lease.arrayAt(4, Int32Array, 3);
    assert.deepEqual([...place(first), first.length], [memory.buffer, 12, 3]);
    lease.begin();
    lease.end();
    assert.equal(lease.arrayAt(4, Int32Array, 3), first);
  });

  it("is another one for another part, another length, another class and other memory", () => {
    const lease = new Lease(memory, 8, () => "it");
    const first = lease.arrayAt(4, Int32Array, 3);
    assert.deepEqual(place(lease.arrayAt(8, Int32Array, 3)), [memory.buffer, 16]);
    assert.equal(lease.arrayAt(8, Int32Array, 2).length, 2);
    assert.ok(lease.arrayAt(8, Uint32Array, 2) instanceof Uint32Array);
    assert.notEqual(lease.arrayAt(4, Int32Array, 3), first);
    const copy = new DataView(memory.buffer.slice(8), 8);
    lease.move(copy, 0);
    assert.deepEqual(place(lease.arrayAt(4, Int32Array, 3)), [copy.buffer, 12]);
  });

  it("can be empty", () => {
    assert.equal(new Lease(memory, 8, () => "it").arrayAt(0, Uint8Array, 0).length, 0);
  });
});

describe("views of a lease", () => {
  it("all throw when its use ends, however deep, and only then work again when it is resumed", () => {
    const { lease, memory, view, readonlyView } = memoryWith(Shape, SHAPE);
    const { center, corners, path, flags } = view;
    const corner = corners[1]!;
    const iterator = corners[Symbol.iterator]();
    const { path: readonlyPath, center: readonlyCenter } = readonlyView;
    const accesses: (() => unknown)[] = [
      () => view.name,
      () => view.path.length,
      () => readonlyView.ticks,
      () => {
        view.center = { x: 1, y: 1 };
      },
      () => center.x,
      () => {
        center.x = 1;
      },
      () => corner.y,
      () => corners.length,
      () => corners.at(0),
      () => corners[0],
      () => iterator.next(),
      () => [...corners],
      () => path.length,
      () => path.at(0),
      () => path.push({ x: 1, y: 1 }),
      () => path.set([]),
      () => path.clear(),
      () => [...path],
      () => flags[0],
      () => readonlyCenter.x,
      () => readonlyPath.at(0),
      () => JSON.stringify(view),
    ];
    const { use } = lease;
    lease.end();
    const before = new Uint8Array(memory.buffer).slice();
    for (const access of accesses) assert.throws(access, isUseAfterRelease, String(access));
    assert.deepEqual(new Uint8Array(memory.buffer), before);

    lease.begin();
    assert.throws(() => corner.y, isUseAfterRelease);
    lease.resume(use);
    assert.equal(corner.y, 6);
    assert.equal(view.path.at(0)?.y, 8);
  });

  it("print without throwing when its use ended", () => {
    const { lease, view } = memoryWith(Shape, SHAPE);
    const { center, corners, path } = view;
    lease.end();
    assert.equal(inspect(view), "Shape [released]");
    assert.equal(inspect({ center }), "{ center: Point [released] }");
    assert.equal(inspect([corners, path]), "[ [released], [released] ]");
  });

  it("go on over other memory when it is moved", () => {
    const { lease, memory, readonlyView } = memoryWith(Shape, SHAPE);
    const { center, path } = readonlyView;
    const copy = memory.buffer.slice(CHUNK, CHUNK + PAYLOAD + Shape.size);
    lease.move(new DataView(copy), 0);
    new Uint8Array(memory.buffer).fill(0xff);
    assert.equal(readonlyView.name, "square");
    assert.deepEqual([...readonlyView.ticks], [9]);
    assert.equal(center.y, 2);
    assert.equal(path[0]?.x, 7);
    lease.end();
    assert.throws(() => center.y, isUseAfterRelease);
  });

  it("go on over another part of a memory that does not begin at its buffer's beginning", () => {
    const { lease, memory, view } = memoryWith(Shape, SHAPE);
    lease.move(new DataView(memory.buffer, CHUNK), 0);
    assert.equal(view.center.y, 2);
    assert.deepEqual([...view.ticks], [9]);
    assert.equal(view.name, "square");
  });

  it("have no names but those of their fields, and nothing of the memory is cloned with them", () => {
    const { view } = memoryWith(Shape, SHAPE);
    for (const shown of [view, view.center, view.corners, view.path]) {
      assert.deepEqual(Object.getOwnPropertyNames(shown), []);
      assert.deepEqual(Object.keys({ ...shown }), []);
      assert.deepEqual(structuredClone(shown), {});
      for (const key of Object.getOwnPropertySymbols(shown)) {
        const state: unknown = Reflect.get(shown, key);
        assert.equal(inspect(state, { showHidden: true, depth: null }).includes("Buffer"), false);
      }
    }
    assert.deepEqual(Object.keys(Object.getPrototypeOf(view)), Object.keys(SHAPE));
  });

  it("are the bare typed array for a slice of numbers, which cannot be revoked", () => {
    const { lease, readonlyView } = sliceMemoryWith(slice(i32), [1, 2, 3]);
    lease.end();
    assert.deepEqual(readonlyView, Int32Array.of(1, 2, 3));
  });
});
