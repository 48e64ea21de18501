import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import fc from "fast-check";
import { hostOs } from "../os/host.ts";
import { OsError } from "../os/os-error.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { DataSegment, DataSegmentView, removeDataSegments } from "./data-segment.ts";
import {
  ALLOCATOR_ID,
  BASE_ADDRESS,
  BUCKET_SIZE,
  PAYLOAD_SIZE,
  PAYLOAD_START,
  START_ADDRESS,
} from "./data-segment-layout.ts";
import { openDynamicStorage } from "./dynamic-storage.ts";
import { openPaths, osWith } from "./faulty-os.test-support.ts";
import { sharedMemoryNames } from "./names.ts";
import { StorageError, type StorageErrorCode } from "./storage-error.ts";

const PORT_ID = 12345678901234567890n;
const OPTIONS = { portId: PORT_ID, chunkSize: 64, alignment: 8, numberOfChunks: 33, prepareChunk: () => {} };

function assertFails(code: StorageErrorCode, run: () => unknown): void {
  assert.throws(run, (error) => error instanceof StorageError && error.code === code, code);
}

describe("a data segment", () => {
  const os = hostOs();
  let domain: TestDomain;
  let name: string;

  beforeEach(() => {
    domain = new TestDomain();
    name = sharedMemoryNames.dataSegment(domain.config, PORT_ID);
  });
  afterEach(() => {
    domain.assertClean();
    domain[Symbol.dispose]();
    assert.deepEqual(openPaths(domain.prefix), []);
  });

  const create = (options: Partial<typeof OPTIONS> = {}): DataSegment =>
    DataSegment.create(os, domain.config, { ...OPTIONS, ...options });
  const open = (alignment = 8): DataSegmentView =>
    DataSegmentView.open(os, domain.config, { portId: PORT_ID }, alignment, 0);

  it("gives every chunk once, the last freed first", () => {
    const segment = create();
    const taken = Array.from({ length: 33 }, () => segment.allocate());
    assert.deepEqual(taken.slice(0, 3), [0, 1, 2]);
    assert.equal(new Set(taken).size, 33);
    assert.ok(!segment.hasFreeBucket);
    segment.free(5);
    segment.free(20);
    assert.ok(segment.hasFreeBucket);
    assert.deepEqual([segment.allocate(), segment.allocate()], [20, 5]);
    segment.remove();
  });

  it("keeps the chunks apart and inside of itself", () => {
    const segment = create({ chunkSize: 320, alignment: 64, numberOfChunks: 34 });
    assert.deepEqual([segment.numberOfBuckets, segment.bucketSize], [34, 320]);
    for (let bucket = 0; bucket < 34; bucket++) {
      assert.equal(segment.bucketOffset(bucket), 0xc0 + 320 * bucket);
      assert.equal(segment.pointerTo(bucket), 320 * bucket * 256);
    }
    segment.remove();
  });

  it("reserves memory for a chunk when it is used for the first time, and prepares it then", () => {
    const reserved = (): number => statSync(`/dev/shm/${name}`).blocks * 512;
    const prepared: number[] = [];
    const segment = create({
      chunkSize: 8192,
      numberOfChunks: 10,
      prepareChunk: ((memory: DataView, at: number) => {
        memory.setUint8(at, 7);
        prepared.push(at);
      }) as () => void,
    });
    const atFirst = reserved();
    assert.ok(atFirst < 2 * 8192, "only the first and the last page");
    const bucket = segment.allocate();
    assert.ok(reserved() > atFirst);
    segment.free(bucket);
    const afterwards = reserved();
    assert.equal(segment.allocate(), bucket);
    assert.equal(reserved(), afterwards);
    assert.deepEqual(prepared, [segment.bucketOffset(bucket)]);
    segment.remove();
  });

  it("takes nothing where the machine has no memory for a chunk", () => {
    let isFull = false;
    const full = osWith({
      fallocate(fd, offset, length) {
        if (isFull) throw new OsError("ENOSPC", "fallocate", name);
        os.fallocate(fd, offset, length);
      },
    });
    const segment = DataSegment.create(full, domain.config, OPTIONS);
    isFull = true;
    assertFails("OutOfMemory", () => segment.allocate());
    isFull = false;
    assert.equal(segment.allocate(), 0);
    segment.remove();
  });

  it("leaves nothing behind where it cannot be created", () => {
    const full = osWith({
      fallocate() {
        throw new OsError("ENOSPC", "fallocate", name);
      },
    });
    assertFails("OutOfMemory", () => DataSegment.create(full, domain.config, OPTIONS));
    const segment = create();
    assertFails("AlreadyExists", create);
    segment.remove();
  });

  it("is read where it was written, also after its owner removed it", () => {
    const segment = create();
    const view = open();
    const bucket = segment.allocate();
    segment.region.bytes.fill(42, segment.bucketOffset(bucket), segment.bucketOffset(bucket) + 64);
    assert.deepEqual(
      [view.numberOfBuckets, view.bucketSize, view.firstBucket],
      [segment.numberOfBuckets, segment.bucketSize, segment.bucketOffset(0)],
    );
    segment.remove();
    assertFails("DoesNotExist", open);
    assert.equal(view.region.bytes[view.firstBucket + bucket * view.bucketSize + 63], 42);
    view.close();
  });

  it("is not read where its header contradicts itself", () => {
    const damages: readonly (readonly [offset: number, ...values: bigint[]])[] = [
      [ALLOCATOR_ID, 1n, 255n],
      [BUCKET_SIZE, 0n, 65n, 4n, 2n ** 20n, 2n ** 53n, 2n ** 64n - 1n],
      [START_ADDRESS, 0n, 4095n, 4097n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n],
      [BASE_ADDRESS, 0n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n],
      [PAYLOAD_SIZE, 0n, 100_000n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n],
      [PAYLOAD_START, 100_000n, 0x81n, 2n ** 53n, 2n ** 64n - 1n],
    ];
    for (const [offset, ...values] of damages) {
      for (const value of values) {
        const segment = create();
        segment.region.longs[offset / 8] = value;
        assertFails("Corrupted", open);
        segment.remove();
      }
    }
  });

  it("is not read where its chunks are not aligned as the service demands", () => {
    const segment = create();
    assertFails("Corrupted", () => open(64));
    segment.remove();
  });

  it("never lets a reader out of itself, whatever its header says", () => {
    const segment = create();
    const { longs, size } = segment.region;
    const header = longs.slice(0, 17);
    const fields = [ALLOCATOR_ID, BUCKET_SIZE, START_ADDRESS, BASE_ADDRESS, PAYLOAD_SIZE, PAYLOAD_START];
    const value = fc.oneof(fc.nat(3000).map(BigInt), fc.bigInt(4000n, 4400n), fc.bigInt(0n, 2n ** 64n - 1n));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...fields), value), { maxLength: 3 }), (damages) => {
        longs.set(header);
        for (const [offset, damage] of damages) longs[offset / 8] = damage;
        let view: DataSegmentView;
        try {
          view = open();
        } catch (error) {
          assert.ok(error instanceof StorageError);
          return;
        }
        view.close();
        assert.ok(Number.isSafeInteger(view.numberOfBuckets) && view.numberOfBuckets >= 0);
        assert.ok(view.firstBucket >= 0 && view.bucketSize > 0);
        assert.ok(view.firstBucket + view.numberOfBuckets * view.bucketSize <= size);
      }),
    );
    segment.remove();
  });

  it("is removed by the id of its port, with every resizable segment, and nothing else", () => {
    // Short enough to stand in the rest of the name as well.
    for (const portId of [PORT_ID, 5n]) {
      const { config } = domain;
      const its = [
        sharedMemoryNames.dataSegment(config, portId),
        sharedMemoryNames.resizableDataSegmentManagement(config, portId),
        sharedMemoryNames.resizableDataSegment(config, portId, 0),
        sharedMemoryNames.resizableDataSegment(config, portId, 17),
      ];
      const others = [
        sharedMemoryNames.dataSegment(config, portId + 1n),
        sharedMemoryNames.resizableDataSegment(config, portId + 1n, 0),
        sharedMemoryNames.resizableDataSegment(config, BigInt(`1${portId}`), 0),
        sharedMemoryNames.connection(config, portId, portId),
        sharedMemoryNames.resizableDataSegment(config, portId, 0).replace("__0", "__x"),
      ];
      for (const entry of [...its, ...others]) os.close(os.shmCreateExclusive(entry, 0o600));
      removeDataSegments(os, config, portId, os.shmList());
      removeDataSegments(os, config, portId, os.shmList());
      assert.deepEqual(domain.leftovers().toSorted(), others.toSorted());
      for (const entry of others) os.shmUnlink(entry);
    }
  });

  it("is ready for peers in every field of its header", () => {
    const segment = create();
    const { region, mapping } = openDynamicStorage(os, name, { writable: false, minimumSize: 8, timeout: 0 });
    assert.equal(region.size, 2394);
    const freeList = region.followPointer(0x10, 4 * 34, 4);
    assert.equal(freeList, 0x88 + 2119 + 1);
    assert.deepEqual(
      Array.from(region.words.subarray(freeList! / 4, freeList! / 4 + 34)),
      Array.from({ length: 34 }, (_, i) => i + 1),
    );
    mapping.unmap();
    segment.remove();
  });
});
