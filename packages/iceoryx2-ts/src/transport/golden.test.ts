import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Config } from "../config/config.ts";
import { IndexQueueConsumer } from "../lockfree/index-queue.ts";
import { OverflowingIndexQueueConsumer } from "../lockfree/overflowing-index-queue.ts";
import { EMPTY } from "../lockfree/queue-place.ts";
import { Region } from "../memory/region.ts";
import { generateNodeId } from "../node/id-generator.ts";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { Connection } from "./connection.ts";
import * as connection from "./connection-layout.ts";
import { DataSegment, DataSegmentView } from "./data-segment.ts";
import * as segment from "./data-segment-layout.ts";
import { openDynamicStorage, VERSION_WORD } from "./dynamic-storage.ts";
import {
  assertSameBytes,
  type Exception,
  GOLDEN_PREFIX,
  goldenBytes,
  goldenNames,
  idsIn,
  revive,
} from "./golden.test-support.ts";
import { sharedMemoryNames } from "./names.ts";
import { offsetOf, segmentIdOf } from "./pointer-offset.ts";

const os = hostOs();
const names = goldenNames();
const [publisherId, subscriberId] = idsIn(names["connection"]!) as [bigint, bigint];

/** What `golden/make.py` asked the peer for. */
const CHUNK = { chunkSize: 64, alignment: 8, numberOfChunks: 3 * (8 + 5) + 7 + 9 };
const ALIGNED_CHUNK = { chunkSize: 320, alignment: 64, numberOfChunks: 8 * (2 + 2) + 0 + 2 };
const PARAMETERS: connection.ConnectionParameters = {
  bufferSize: 6,
  maxBorrowedSamples: 5,
  enableSafeOverflow: true,
  samplesPerSegment: CHUNK.numberOfChunks,
  numberOfSegments: 1,
  numberOfChannels: 1,
};
/** Behind the 48 bytes of the header of a sample. */
const PAYLOAD = 48;

function asRegion(bytes: Uint8Array): Region {
  const buffer = new ArrayBuffer(Math.ceil(bytes.length / 8) * 8);
  new Uint8Array(buffer).set(bytes);
  return new Region(buffer, bytes.length);
}

/** The rest of the word that a field of a few bytes begins: peers leave there what was in a register. */
function padding(offset: number, length: number): Exception {
  return [offset + length, 8 - ((offset + length) % 8), "padding"];
}

describe("the names of a peer", () => {
  it("are ours", () => {
    const config = Config.with(Config.default(), { global: { prefix: GOLDEN_PREFIX } });
    assert.equal(sharedMemoryNames.dataSegment(config, publisherId), names["data"]);
    assert.equal(sharedMemoryNames.connection(config, publisherId, subscriberId), names["connection"]);
    assert.equal(sharedMemoryNames.dynamicConfig(config, idsIn(names["dynamic"]!)[0]!), names["dynamic"]);
    assert.equal(sharedMemoryNames.globalManagement(config), names["global-management"]);
  });
});

describe("the memory of a peer", () => {
  let domain: TestDomain;

  beforeEach(() => {
    domain = new TestDomain();
  });
  afterEach(() => {
    domain.assertClean();
    domain[Symbol.dispose]();
  });

  function contentOf(name: string): Uint8Array {
    const { region, mapping } = openDynamicStorage(os, name, { writable: false, minimumSize: 8, timeout: 0 });
    const content = region.bytes.slice(0, region.size);
    mapping.unmap();
    return content;
  }

  for (const [file, chunk] of [
    ["data", CHUNK],
    ["aligned-data", ALIGNED_CHUNK],
  ] as const) {
    const golden = goldenBytes(`transport/golden/${file}`);
    const layout = segment.layOutDataSegment(chunk.chunkSize, chunk.alignment, chunk.numberOfChunks);

    describe(`of a data segment ("${file}")`, () => {
      it("has its fields where we have them", () => {
        const region = asRegion(golden);
        const value = (offset: number): number => region.size64(offset);
        assert.equal(region.longs[segment.VERSION], VERSION_WORD);
        assert.equal(region.bytes[segment.ALLOCATOR_ID], segment.POOL_ALLOCATOR_ID);
        assert.equal(
          region.followPointer(segment.FREE_LIST_POINTER, layout.freeListSize - 3, 4),
          layout.freeList,
        );
        assert.equal(region.words[segment.NUMBER_OF_BUCKETS / 4], layout.numberOfBuckets);
        assert.equal(region.bytes[segment.INDEX_SET_IS_INITIALIZED], 1);
        assert.equal(value(segment.BUCKET_SIZE), layout.bucketSize);
        assert.equal(value(segment.BUCKET_ALIGNMENT), layout.bucketAlignment);
        assert.equal(
          value(segment.START_ADDRESS) - value(segment.BASE_ADDRESS),
          layout.firstBucket - segment.PAYLOAD_AREA,
        );
        assert.equal(value(segment.SIZE), layout.payloadSize);
        assert.equal(region.bytes[segment.ALLOCATOR_IS_INITIALIZED], 1);
        assert.equal(value(segment.ALIGNMENT_MAX), segment.PAGE_SIZE);
        assert.equal(value(segment.MANAGEMENT_SIZE), layout.freeListSize);
        assert.equal(value(segment.PAYLOAD_SIZE), layout.payloadSize);
        assert.equal(segment.ALLOCATOR_ID + value(segment.PAYLOAD_START), segment.PAYLOAD_AREA);
        assert.equal(region.size, layout.fileSize);
      });

      it("is what we write, but for what changes while it is used", () => {
        const ours = DataSegment.create(os, domain.config, { portId: 1n, prepareChunk: () => {}, ...chunk });
        const content = contentOf(sharedMemoryNames.dataSegment(domain.config, 1n));
        ours.remove();
        assertSameBytes(content, golden, [
          padding(segment.ALLOCATOR_ID, 1),
          padding(segment.NUMBER_OF_BUCKETS, 4),
          [segment.FREE_LIST_HEAD, 8, "which chunk is free next"],
          padding(segment.INDEX_SET_IS_INITIALIZED, 1),
          [segment.START_ADDRESS, 8, "an address of the creator's"],
          padding(segment.ALLOCATOR_IS_INITIALIZED, 1),
          [segment.BASE_ADDRESS, 8, "an address of the creator's"],
          [segment.NUMBER_OF_USED_BUCKETS, 8, "how many chunks are in use"],
          [segment.PAYLOAD_AREA, layout.payloadSize, "the chunks"],
          // The peer has used the first ones.
          [layout.freeList, file === "data" ? 4 * 8 : 0, "the free list"],
        ]);
      });

      it("can be read", () => {
        revive(sharedMemoryNames.dataSegment(domain.config, 1n), golden);
        const view = DataSegmentView.open(os, domain.config, { portId: 1n }, chunk.alignment, 0);
        os.shmUnlink(sharedMemoryNames.dataSegment(domain.config, 1n));
        assert.deepEqual(
          [view.firstBucket, view.bucketSize, view.numberOfBuckets],
          [layout.firstBucket, layout.bucketSize, layout.numberOfBuckets],
        );
        view.close();
      });
    });
  }

  describe("of a connection", () => {
    const golden = goldenBytes("transport/golden/connection");
    const layout = connection.layOutConnection(PARAMETERS);
    const [{ channel, submissionSlots, completionSlots }] = layout.channels as [connection.ChannelMemory];
    const peers = { senderId: 1n, receiverId: 2n };

    it("has its fields where we have them", () => {
      const region = asRegion(golden);
      const value = (offset: number): number => region.size64(offset);
      const vector = (offset: number): unknown[] => [
        region.followPointer(offset, 8, 8),
        value(offset + connection.VECTOR_CAPACITY),
        value(offset + connection.VECTOR_LENGTH),
      ];
      assert.equal(region.size, layout.fileSize);
      assert.equal(region.longs[connection.VERSION], VERSION_WORD);
      assert.deepEqual(vector(connection.CHANNELS), [channel, 1, 1]);
      assert.deepEqual(vector(connection.SEGMENT_DETAILS), [layout.segmentDetails, 1, 1]);
      assert.equal(region.bytes[connection.STATE], 3);
      assert.equal(value(connection.MAX_BORROWED_SAMPLES), 5);
      assert.equal(value(connection.SAMPLES_PER_SEGMENT), CHUNK.numberOfChunks);
      assert.equal(region.bytes[connection.NUMBER_OF_SEGMENTS], 1);
      assert.equal(region.bytes[connection.ENABLE_SAFE_OVERFLOW], 1);
      assert.equal(value(channel + connection.CHANNEL_STATE), 0);
      assert.equal(value(channel + connection.SUBMISSION_CAPACITY), 6);
      assert.equal(region.followPointer(channel + connection.SUBMISSION_SLOTS, 8 * 7, 8), submissionSlots);
      assert.deepEqual(
        [value(channel + connection.SUBMISSION_WRITE), value(channel + connection.SUBMISSION_READ)],
        [10, 4],
        "10 sent, 2 evicted, 2 received",
      );
      assert.equal(
        value(channel + connection.COMPLETION_CAPACITY),
        connection.completionCapacity(PARAMETERS),
      );
      assert.equal(region.followPointer(channel + connection.COMPLETION_SLOTS, 8 * 12, 8), completionSlots);
      assert.equal(value(channel + connection.COMPLETION_WRITE), 1, "one given back");
      const details = layout.segmentDetails;
      assert.equal(region.followPointer(details + connection.USED_BYTES_POINTER, 1, 1), layout.usedBytes);
      assert.equal(value(details + connection.USED_BYTES_CAPACITY), CHUNK.numberOfChunks);
      assert.equal(region.bytes[details + connection.USED_BYTES_IS_INITIALIZED], 1);
      assert.equal(value(details + connection.CHUNK_SIZE), CHUNK.chunkSize);
    });

    it("is what we write, but for what changes while it is used", () => {
      const sender = Connection.attach(os, domain.config, peers, "sender", PARAMETERS, 0);
      const receiver = Connection.attach(os, domain.config, peers, "receiver", PARAMETERS, 0);
      const content = contentOf(sharedMemoryNames.connection(domain.config, 1n, 2n));
      receiver.detach();
      sender.detach();
      assertSameBytes(content, golden, [
        padding(connection.STATE, 1),
        padding(connection.ENABLE_SAFE_OVERFLOW, 1),
        [channel + connection.COMPLETION_WRITE, 16, "positions"],
        padding(channel + connection.COMPLETION_FLAGS, 3),
        padding(channel + connection.SUBMISSION_FLAGS, 3),
        [channel + connection.SUBMISSION_WRITE, 16, "positions"],
        [submissionSlots, 8 * 7, "chunks that were sent"],
        [completionSlots, 8 * 12, "chunks that were given back"],
        padding(layout.segmentDetails + connection.USED_BYTES_IS_INITIALIZED, 1),
        [layout.segmentDetails + connection.CHUNK_SIZE, 8, "written by the sender with its first sample"],
        [layout.usedBytes, CHUNK.numberOfChunks, "which chunks the receiver has: only the sender looks"],
      ]);
    });

    it("can be joined in the place of its receiver, who finds the samples that wait", () => {
      const { config } = domain;
      const revived = golden.slice();
      revived[connection.STATE] = 1;
      revive(sharedMemoryNames.connection(config, 1n, 2n), revived);
      revive(sharedMemoryNames.dataSegment(config, 1n), goldenBytes("transport/golden/data"));
      const receiver = Connection.attach(os, config, peers, "receiver", PARAMETERS, 0);
      const view = DataSegmentView.open(os, config, { portId: 1n }, CHUNK.alignment, 0);
      const { submission, completion } = receiver.channels[0]!;
      const consumer = new OverflowingIndexQueueConsumer(submission);
      const samples: number[][] = [];
      for (let pointer = consumer.pop(); pointer !== EMPTY; pointer = consumer.pop()) {
        assert.equal(segmentIdOf(pointer), 0);
        const payload = view.firstBucket + offsetOf(pointer) + PAYLOAD;
        const memory = view.region.view;
        samples.push([
          memory.getInt32(payload, true),
          memory.getInt32(payload + 4, true),
          memory.getFloat64(payload + 8, true),
        ]);
      }
      assert.deepEqual(
        samples,
        [4, 5, 6, 7, 8, 9].map((i) => [i, 10 * i, 0.5 * i]),
      );
      // The publisher has taken back what was given back before it sent again.
      assert.equal(new IndexQueueConsumer(completion).pop(), EMPTY);
      view.close();
      receiver.detach();
      os.shmUnlink(sharedMemoryNames.connection(config, 1n, 2n));
      os.shmUnlink(sharedMemoryNames.dataSegment(config, 1n));
    });
  });

  it("of the counter of nodes is what we write, and goes on counting", () => {
    const golden = goldenBytes("transport/golden/global-management");
    const name = sharedMemoryNames.globalManagement(domain.config);
    generateNodeId(os, domain.config);
    assert.equal(os.shmStatus(name).mode, 0o666);
    assertSameBytes(contentOf(name), golden, []);
    os.shmUnlink(name);
    revive(name, golden);
    const id = generateNodeId(os, domain.config);
    assert.equal(id >> 96n, 1n);
  });
});
