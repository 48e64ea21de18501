import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Region } from "./region.ts";

const SIZE = 100;
/** As a mapping is: longer than the region. */
const region = (): Region => new Region(new ArrayBuffer(4096), SIZE);

describe("Region", () => {
  it("shows the same bytes in every view", () => {
    const { bytes, words, longs, view } = region();
    view.setBigUint64(8, 0x8000_0000_0000_0001n, true);
    assert.equal(longs[1], 0x8000_0000_0000_0001n);
    assert.deepEqual([words[2], words[3]], [1, -0x8000_0000]);
    assert.deepEqual([bytes[8], bytes[15]], [1, 0x80]);
  });

  it("contains what ends within its size, not within the page", () => {
    const memory = region();
    const isInside = (offset: number, length: number): boolean => memory.contains(offset, length);
    assert.ok(isInside(0, SIZE));
    assert.ok(isInside(SIZE, 0));
    assert.ok(isInside(SIZE - 1, 1));
    for (const [offset, length] of [
      [1, SIZE],
      [SIZE + 1, 0],
      [-1, 1],
      [-8, 16],
      [0, -1],
      [0, Number.NaN],
      [Number.NaN, 0],
      [0.5, 1],
      [0, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, 1],
      [2 ** 53, 0],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ] as const) {
      assert.ok(!isInside(offset, length), `${offset} + ${length}`);
    }
  });

  it("reads a 64-bit field as a number, or as NaN where a number is not exact", () => {
    const memory = region();
    for (const value of [0n, 1n, 2n ** 32n, 2n ** 53n - 1n]) {
      memory.longs[3] = value;
      assert.equal(memory.size64(24), Number(value));
    }
    for (const value of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      memory.longs[3] = value;
      assert.equal(memory.size64(24), Number.NaN);
    }
  });

  it("follows the pointers that it wrote, forwards and backwards", () => {
    const memory = region();
    for (const [field, target] of [
      [0, 64],
      [64, 8],
      [16, 16],
    ] as const) {
      memory.writePointer(field, target);
      assert.equal(memory.followPointer(field, 8, 8), target);
    }
  });

  it("follows no pointer out of itself or to a crooked place", () => {
    const memory = region();
    const refuse = (distance: bigint, length = 8, alignment = 8): void => {
      memory.view.setBigUint64(16, BigInt.asUintN(64, distance), true);
      assert.equal(memory.followPointer(16, length, alignment), undefined, `${distance} ${length}`);
    };
    for (const distance of [-17n, -24n, 88n, 4096n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 62n])
      refuse(distance);
    for (const distance of [2n ** 63n, 2n ** 63n - 1n, 2n ** 53n - 1n, -(2n ** 53n), -(2n ** 63n)])
      refuse(distance);
    for (const distance of [1n, 4n, 7n, -1n]) refuse(distance);
    refuse(0n, Number.NaN);
    refuse(0n, -8);
    refuse(0n, SIZE);
    refuse(0n, 2 ** 53);
    refuse(16n, 8, 64);
  });

  it("gives only places inside of itself, whatever is in the field", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(200), (distance, length) => {
        const memory = region();
        // Half of the draws near the field, where the edges are.
        const near = distance % 2n === 0n ? distance % 256n : distance;
        memory.view.setBigInt64(16, near, true);
        const target = memory.followPointer(16, length, 4);
        if (target === undefined) return;
        assert.ok(target >= 0 && target + length <= SIZE && target % 4 === 0);
        assert.equal(BigInt(target - 16), near);
      }),
    );
  });
});
