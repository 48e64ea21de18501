import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ChunkLayout } from "../../payload/chunk-layout.ts";
import type { TypeDetail } from "../../payload/type-detail.ts";
import { REQUEST_HEADER_DETAIL, RESPONSE_HEADER_DETAIL } from "../../service/request-response.ts";
import { layOutDataSegment } from "../../transport/data-segment-layout.ts";
import { goldenBytes, goldenNames, idsIn } from "../../transport/golden.test-support.ts";
import * as request from "./request-header.ts";
import * as response from "./response-header.ts";

const names = goldenNames("request-response-names");
const [clientId] = idsIn(names["request-data"]!) as [bigint];
const [serverId] = idsIn(names["response-data"]!) as [bigint];

/** What `transport/golden/make_request_response.py` asked the peer for. */
const [u16, u32, u64, transmissionData] = (
  [
    ["u16", 2, 2],
    ["u32", 4, 4],
    ["u64", 8, 8],
    ["TransmissionData", 16, 8],
  ] as const
).map(([typeName, size, alignment]): TypeDetail => ({ variant: "FixedSize", typeName, size, alignment })) as [
  TypeDetail,
  TypeDetail,
  TypeDetail,
  TypeDetail,
];
const REQUEST_LAYOUT = new ChunkLayout(REQUEST_HEADER_DETAIL, u32, u16);
const REQUEST_SLICE = 6;
const NUMBER_OF_REQUESTS = 3 * 2 * 1 + 7;
const RESPONSE_LAYOUT = new ChunkLayout(RESPONSE_HEADER_DETAIL, u64, transmissionData);
const NUMBER_OF_RESPONSES = 2 * 2 * 2 * (3 + 4 + 1);

/** The first bytes of a chunk of a golden data segment. */
function chunkOf(
  file: string,
  layout: ChunkLayout,
  maxSliceLen: number,
  chunks: number,
  chunk: number,
): DataView {
  const golden = goldenBytes(`transport/golden/${file}`);
  const size = layout.chunkSize(maxSliceLen);
  const { firstBucket, bucketSize, fileSize } = layOutDataSegment(size, layout.alignment, chunks);
  assert.equal(golden.length, fileSize, "the segment has as many chunks as we would give it");
  return new DataView(golden.buffer, firstBucket + chunk * bucketSize, bucketSize);
}

/** Compares what we write with what the peer wrote. */
function assertSameHeader(size: number, write: (view: DataView, at: number) => void, golden: DataView): void {
  const ours = new DataView(new ArrayBuffer(8 + size));
  write(ours, 8);
  assert.deepEqual(
    new Uint8Array(ours.buffer, 8),
    new Uint8Array(golden.buffer, golden.byteOffset, size).slice(),
  );
}

describe("the header of a request", () => {
  const golden = chunkOf("request-data", REQUEST_LAYOUT, REQUEST_SLICE, NUMBER_OF_REQUESTS, 1);

  it("of a peer can be read", () => {
    assert.equal(request.readClientId(golden, 0), clientId);
    assert.equal(request.readChannelId(golden, 0), 1);
    assert.equal(request.readRequestId(golden, 0), 1n);
    assert.equal(request.requestLength.read(golden, 0), 3);
    assert.equal(golden.getUint32(REQUEST_LAYOUT.userHeaderOffset, true), 5, "the user header");
    const { payloadOffset, elementStride } = REQUEST_LAYOUT;
    const payload = [0, 1, 2].map((index) => golden.getUint16(payloadOffset + elementStride * index, true));
    assert.deepEqual(payload, [7, 8, 9]);
  });

  it("is what a peer writes", () => {
    const nodeId = request.readClientNodeId(golden, 0);
    const write = (view: DataView, at: number): void => {
      request.writeRequestHeader(view, at, nodeId, clientId);
      request.writeRequestIdentity(view, at, 1, 1n);
      request.requestLength.write(view, at, 3);
    };
    assertSameHeader(REQUEST_HEADER_DETAIL.size, write, golden);
  });

  it("is read as it was written", () => {
    const view = new DataView(new ArrayBuffer(80));
    const id = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    const numbers = fc.tuple(fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.maxSafeNat());
    fc.assert(
      fc.property(id, id, numbers, (nodeId, client, [channelId, requestId, length]) => {
        request.writeRequestHeader(view, 8, nodeId, client);
        request.writeRequestIdentity(view, 8, channelId, requestId);
        request.requestLength.write(view, 8, length);
        assert.equal(request.readClientNodeId(view, 8), nodeId);
        assert.equal(request.readClientId(view, 8), client);
        assert.equal(request.readChannelId(view, 8), channelId);
        assert.equal(request.readRequestId(view, 8), requestId);
        assert.equal(request.requestLength.read(view, 8), length);
      }),
    );
  });
});

describe("the header of a response", () => {
  const golden = chunkOf("response-data", RESPONSE_LAYOUT, 1, NUMBER_OF_RESPONSES, 0);

  it("of a peer can be read", () => {
    assert.equal(response.readServerId(golden, 0), serverId);
    assert.equal(response.readAnsweredRequest(golden, 0), 1n);
    assert.equal(response.responseLength.read(golden, 0), 1);
    assert.equal(golden.getBigUint64(RESPONSE_LAYOUT.userHeaderOffset, true), 6n, "the user header");
    assert.equal(golden.getFloat64(RESPONSE_LAYOUT.payloadOffset + 8, true), 3.5, "the payload");
  });

  it("is what a peer writes", () => {
    const nodeId = response.readServerNodeId(golden, 0);
    const write = (view: DataView, at: number): void => {
      response.writeResponseHeader(view, at, nodeId, serverId);
      response.writeAnsweredRequest(view, at, 1n);
    };
    assertSameHeader(RESPONSE_HEADER_DETAIL.size, write, golden);
  });

  it("is read as it was written", () => {
    const view = new DataView(new ArrayBuffer(72));
    const id = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
    fc.assert(
      fc.property(
        id,
        id,
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.maxSafeNat(),
        (nodeId, server, requestId, length) => {
          response.writeResponseHeader(view, 8, nodeId, server);
          response.writeAnsweredRequest(view, 8, requestId);
          response.responseLength.write(view, 8, length);
          assert.equal(response.readServerNodeId(view, 8), nodeId);
          assert.equal(response.readServerId(view, 8), server);
          assert.equal(response.readAnsweredRequest(view, 8), requestId);
          assert.equal(response.responseLength.read(view, 8), length);
        },
      ),
    );
  });
});
