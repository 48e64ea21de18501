import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ChunkLayout } from "./chunk-layout.ts";
import { type TypeDetail, UNIT_TYPE_DETAIL } from "./type-detail.ts";

function detail(size: number, alignment: number): TypeDetail {
  return { variant: "FixedSize", typeName: "T", size, alignment };
}

const HEADER = detail(48, 8);

describe("the layout of a chunk", () => {
  it("is that of upstream's services", () => {
    const plain = new ChunkLayout(HEADER, UNIT_TYPE_DETAIL, detail(16, 8));
    assert.deepEqual(
      { ...plain },
      { userHeaderOffset: 48, payloadOffset: 48, alignment: 8, elementStride: 16 },
    );
    assert.equal(plain.chunkSize(1), 64);

    const withHeader = new ChunkLayout(HEADER, detail(16, 8), detail(16, 8));
    assert.equal(withHeader.userHeaderOffset, 48);
    assert.equal(withHeader.payloadOffset, 64);
    assert.equal(withHeader.chunkSize(1), 80);

    const aligned = new ChunkLayout(HEADER, detail(16, 8), detail(1, 64));
    assert.deepEqual(
      { ...aligned },
      { userHeaderOffset: 48, payloadOffset: 64, alignment: 64, elementStride: 64 },
    );
    assert.equal(aligned.chunkSize(4), 320);
  });

  it("rounds bytes of a slice up to the header's alignment", () => {
    const layout = new ChunkLayout(HEADER, UNIT_TYPE_DETAIL, detail(1, 1));
    assert.deepEqual(
      [0, 1, 8, 9].map((length) => layout.chunkSize(length)),
      [48, 56, 56, 64],
    );
  });

  it("keeps every part aligned and apart", () => {
    const anyDetail = fc
      .tuple(fc.nat(200), fc.integer({ min: 0, max: 8 }))
      .map(([size, exponent]) => detail(size, 2 ** exponent));
    fc.assert(
      fc.property(anyDetail, anyDetail, anyDetail, fc.nat(100), (header, userHeader, payload, length) => {
        const layout = new ChunkLayout(header, userHeader, payload);
        assert.equal(layout.userHeaderOffset % userHeader.alignment, 0);
        assert.equal(layout.payloadOffset % payload.alignment, 0);
        assert.equal(layout.elementStride % payload.alignment, 0);
        assert.equal(layout.chunkSize(length) % layout.alignment, 0);
        assert.ok(layout.userHeaderOffset >= header.size);
        assert.ok(layout.payloadOffset >= layout.userHeaderOffset + userHeader.size);
        assert.ok(layout.elementStride >= payload.size);
        const end = layout.payloadOffset + length * layout.elementStride;
        assert.ok(layout.chunkSize(length) >= end);
        assert.ok(layout.chunkSize(length) < end + layout.alignment);
      }),
    );
  });
});
