import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { layOutDataSegment } from "./data-segment-layout.ts";

describe("layOutDataSegment", () => {
  for (const { chunkSize, alignment, numberOfChunks, fileSize, numberOfBuckets, firstBucket } of [
    {
      chunkSize: 64,
      alignment: 8,
      numberOfChunks: 33,
      fileSize: 2394,
      numberOfBuckets: 33,
      firstBucket: 0x88,
    },
    {
      chunkSize: 80,
      alignment: 8,
      numberOfChunks: 34,
      fileSize: 3006,
      numberOfBuckets: 34,
      firstBucket: 0x88,
    },
    {
      chunkSize: 320,
      alignment: 64,
      numberOfChunks: 34,
      fileSize: 11222,
      numberOfBuckets: 34,
      firstBucket: 0xc0,
    },
  ]) {
    it(`gives ${numberOfChunks} chunks of ${chunkSize} bytes the sizes that a peer gives them`, () => {
      const layout = layOutDataSegment(chunkSize, alignment, numberOfChunks);
      assert.deepEqual(
        [layout.fileSize, layout.numberOfBuckets, layout.firstBucket],
        [fileSize, numberOfBuckets, firstBucket],
      );
    });
  }

  it("has room for every chunk and the free list, at every alignment", () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 3, max: 12 }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 100 }), ([units, bits], numberOfChunks) => {
        const alignment = 2 ** bits;
        const layout = layOutDataSegment(units * alignment, alignment, numberOfChunks);
        assert.equal(layout.numberOfBuckets, numberOfChunks);
        assert.equal(layout.firstBucket % alignment, 0);
        const end = layout.firstBucket + layout.numberOfBuckets * layout.bucketSize;
        assert.ok(end <= layout.freeList);
        assert.ok(layout.freeList + 4 * (layout.numberOfBuckets + 1) <= layout.fileSize);
      }),
    );
  });
});
