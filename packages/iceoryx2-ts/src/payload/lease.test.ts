import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { UseAfterReleaseError } from "../base/general-errors.ts";
import { array } from "./array.ts";
import { closeLease, isReleased, Lease, leaseBase, leaseMemory, moveLease, openLease } from "./lease.ts";
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
  it("gives access from open to close, and again", () => {
    const lease = new Lease();
    const memory = new DataView(new ArrayBuffer(8));
    assert.ok(isReleased(lease));
    assert.throws(() => leaseMemory(lease), UseAfterReleaseError);
    for (const base of [0, 8]) {
      openLease(lease, memory, base, () => "it");
      assert.ok(!isReleased(lease));
      assert.equal(leaseMemory(lease), memory);
      assert.equal(leaseBase(lease), base);
      closeLease(lease);
      closeLease(lease);
      assert.ok(isReleased(lease));
      assert.throws(() => leaseMemory(lease), { name: "UseAfterReleaseError", origin: "it" });
    }
  });

  it("shows nothing of itself", () => {
    const lease = new Lease();
    openLease(lease, new DataView(new ArrayBuffer(8)), 0, () => "it");
    assert.deepEqual(Reflect.ownKeys(lease), []);
    assert.deepEqual(Reflect.ownKeys(Lease.prototype), ["constructor"]);
  });
});

describe("views of a lease", () => {
  it("all throw when it is closed, however deep, and work again when it is opened", () => {
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
    closeLease(lease);
    const before = new Uint8Array(memory.buffer).slice();
    for (const access of accesses) assert.throws(access, isUseAfterRelease, String(access));
    assert.deepEqual(new Uint8Array(memory.buffer), before);

    openLease(lease, memory, CHUNK, () => "the loan of a test");
    assert.equal(corner.y, 6);
    assert.equal(view.path.at(0)?.y, 8);
  });

  it("print without throwing when it is closed", () => {
    const { lease, view } = memoryWith(Shape, SHAPE);
    const { center, corners, path } = view;
    closeLease(lease);
    assert.equal(inspect(view), "Shape [released]");
    assert.equal(inspect({ center }), "{ center: Point [released] }");
    assert.equal(inspect([corners, path]), "[ [released], [released] ]");
  });

  it("go on over other memory when it is moved", () => {
    const { lease, memory, readonlyView } = memoryWith(Shape, SHAPE);
    const { center, path } = readonlyView;
    const copy = memory.buffer.slice(CHUNK, CHUNK + PAYLOAD + Shape.size);
    moveLease(lease, new DataView(copy), 0);
    new Uint8Array(memory.buffer).fill(0xff);
    assert.equal(readonlyView.name, "square");
    assert.deepEqual([...readonlyView.ticks], [9]);
    assert.equal(center.y, 2);
    assert.equal(path[0]?.x, 7);
    closeLease(lease);
    assert.throws(() => center.y, isUseAfterRelease);
  });

  it("go on over another part of a memory that does not begin at its buffer's beginning", () => {
    const { lease, memory, view } = memoryWith(Shape, SHAPE);
    moveLease(lease, new DataView(memory.buffer, CHUNK), 0);
    assert.equal(view.center.y, 2);
    assert.deepEqual([...view.ticks], [9]);
    assert.equal(view.name, "square");
  });

  it("are the bare typed array for a slice of numbers, which cannot be revoked", () => {
    const { lease, readonlyView } = sliceMemoryWith(slice(i32), [1, 2, 3]);
    closeLease(lease);
    assert.deepEqual(readonlyView, Int32Array.of(1, 2, 3));
  });
});
