import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { array } from "./array.ts";
import { memoryWith, TestMemory, untyped } from "./memory.test-support.ts";
import { PayloadTypeError, PayloadValueError } from "./payload-errors.ts";
import { i32, u8, u32, u64 } from "./scalars.ts";
import { staticString } from "./static-string.ts";
import { staticVec } from "./static-vec.ts";
import { struct } from "./struct.ts";

const Point = struct("Point", { x: i32, y: i32 });
const points = staticVec(Point, 3);
const A = { x: 1, y: 2 };
const B = { x: 3, y: 4 };

function claimLength(
  memory: TestMemory<typeof points | ReturnType<typeof staticVec<typeof u32>>>,
  at: number,
  length: bigint,
): void {
  const { buffer, byteOffset } = memory.bytes;
  new DataView(buffer, byteOffset + at, 8).setBigUint64(0, length, true);
}

describe("a static vector", () => {
  it("lies in memory as upstream's: elements, padding, length", () => {
    const layout = [staticVec(u8, 1), staticVec(u8, 9), staticVec(u64, 5), staticVec(Point, 3)];
    assert.deepEqual(
      layout.map(({ size }) => size),
      [16, 24, 48, 32],
    );
    assert.ok(layout.every(({ alignment }) => alignment === 8));
    const { bytes } = memoryWith(staticVec(u8, 3), [1, 2]);
    assert.deepEqual([...bytes.subarray(0, 2)], [1, 2]);
    assert.deepEqual([...bytes.subarray(8)], [2, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("grows, shrinks and is replaced in place", () => {
    const memory = memoryWith(points, []);
    const { view } = memory;
    assert.deepEqual([view.length, view.capacity, view.at(0)], [0, 3, undefined]);
    view.push(A);
    view.push(B);
    assert.equal(view.length, 2);
    assert.equal(view.at(-1)?.x, 3);
    assert.equal(view.at(2), undefined);
    assert.deepEqual(
      [...view].map(({ y }) => y),
      [2, 4],
    );
    const first = view.at(0)!;
    first.x = 9;
    assert.deepEqual(memory.read(), [{ x: 9, y: 2 }, B]);
    view.set([B]);
    assert.deepEqual(memory.read(), [B]);
    view.clear();
    assert.deepEqual(memory.read(), []);
    assert.ok(memory.isAroundIntact);
  });

  it("is a typed array or a sequence of the present elements to who may only read", () => {
    const memory = memoryWith(staticVec(u32, 4), [1, 2]);
    const before = memory.readonlyView;
    memory.view.push(3);
    assert.deepEqual(before, Uint32Array.of(1, 2));
    assert.deepEqual(memory.readonlyView, Uint32Array.of(1, 2, 3));
    assert.deepEqual(memory.read(), Uint32Array.of(1, 2, 3));
    const { readonlyView } = memoryWith(points, [A, B]);
    assert.equal(readonlyView.length, 2);
    assert.equal(readonlyView[1]?.x, 3);
  });

  it("takes typed arrays, sequences and vectors, its own elements included", () => {
    const numbers = memoryWith(
      staticVec(u32, 40),
      Uint32Array.from({ length: 40 }, (_, index) => index),
    );
    assert.equal(numbers.read()[39], 39);
    numbers.view.set(untyped(numbers.view));
    assert.equal(numbers.read()[39], 39);
    const target = new TestMemory(points);
    const source = memoryWith(points, [A, B]);
    target.write(source.readonlyView);
    assert.deepEqual(target.read(), [A, B]);
    const Holder = struct("Holder", { points });
    const holder = memoryWith(Holder, { points: [B] });
    holder.view.points = source.view;
    assert.deepEqual(holder.read(), { points: [A, B] });
  });

  it("refuses what does not fit", () => {
    const memory = memoryWith(points, [A, A, A]);
    const refuses = (action: () => void, code: string, message: RegExp): void =>
      assert.throws(
        action,
        (error) => error instanceof PayloadValueError && error.code === code && message.test(error.message),
      );
    refuses(() => memory.view.push(B), "TooLong", /full: it has all the 3 elements/);
    refuses(() => memory.view.set([A, A, A, A]), "TooLong", /it has 4 elements, but there is room for 3/);
    refuses(() => memory.write(untyped("abc")), "WrongType", /"abc" has no elements/);
    refuses(() => memory.write(untyped({ length: -1 })), "WrongType", /an object has no elements/);
    assert.deepEqual(memory.read(), [A, A, A]);
    memory.view.clear();
    refuses(() => memory.view.push(untyped({ x: 1 })), "MissingField", /value\[0\]\.y: the field is missing/);
    assert.equal(memory.view.length, 0);
  });

  it("is never longer than its capacity, whatever a peer wrote", () => {
    const sequence = memoryWith(points, [A]);
    const numbers = memoryWith(staticVec(u32, 3), [1]);
    for (const length of [4n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 64n - 1n]) {
      claimLength(sequence, 24, length);
      claimLength(numbers, 16, length);
      assert.equal(sequence.view.length, 3);
      assert.equal(sequence.readonlyView.length, 3);
      assert.equal(sequence.read().length, 3);
      assert.equal(numbers.readonlyView.length, 3);
      assert.throws(() => sequence.view.push(A), PayloadValueError);
    }
  });

  it("may hold vectors, arrays and strings", () => {
    const Nested = staticVec(staticVec(array(staticString(4), 2), 2), 2);
    const value = [
      [["a", "b"]],
      [
        ["c", "d"],
        ["e", "f"],
      ],
    ];
    assert.deepEqual(memoryWith(Nested, value).read(), value);
  });

  it("prints as an array", () => {
    const { view } = memoryWith(points, [A, B]);
    assert.equal(inspect(view), "[ Point { x: 1, y: 2 }, Point { x: 3, y: 4 } ]");
    assert.deepEqual(JSON.parse(JSON.stringify(view)), [A, B]);
  });

  it("has a capacity from 1 on, and elements of fixed size", () => {
    assert.throws(() => staticVec(u8, 0), { code: "InvalidLength" });
    assert.throws(() => staticVec(u64, 2 ** 40), { code: "TooLarge" });
    assert.throws(() => staticVec(untyped<never>(String), 1), PayloadTypeError);
  });
});
