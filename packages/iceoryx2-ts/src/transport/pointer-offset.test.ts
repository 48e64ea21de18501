import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { offsetOf, pointerOffset, segmentIdOf } from "./pointer-offset.ts";

describe("pointerOffset", () => {
  it("is what a peer puts into its queues", () => {
    assert.equal(pointerOffset(0, 3 * 64), 0xc000);
    assert.equal(pointerOffset(9, 64), 0x4009);
  });

  it("gives back its parts, up to segments of 32 TiB", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(2 ** 45 - 1), (segmentId, offset) => {
        const pointer = pointerOffset(segmentId, offset);
        assert.deepEqual([segmentIdOf(pointer), offsetOf(pointer)], [segmentId, offset]);
      }),
    );
  });
});
