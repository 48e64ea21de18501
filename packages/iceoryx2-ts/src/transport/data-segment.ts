/**
 * A publisher's memory: equally large chunks that it loans out, sends and gets back.
 *
 * The owner creates the segment and keeps its free list in private memory; readers map it read-only. Memory for a
 * bucket is reserved when it is loaned for the first time, so a full /dev/shm is an error of that loan and a large
 * segment costs only what is used. The free list is last-in-first-out, which keeps that set small and warm.
 */
import type { Config } from "../config/config.ts";
import type { Region } from "../memory/region.ts";
import type { Mapping, Os } from "../os/os.ts";
import * as layout from "./data-segment-layout.ts";
import {
  createDynamicStorage,
  type DynamicStorage,
  openDynamicStorage,
  removeDynamicStorage,
} from "./dynamic-storage.ts";
import { sharedMemoryNames, stripName } from "./names.ts";
import { pointerOffset } from "./pointer-offset.ts";
import { StorageError, toStorageError } from "./storage-error.ts";

export interface DataSegmentOptions {
  readonly portId: bigint;
  readonly chunkSize: number;
  readonly alignment: number;
  readonly numberOfChunks: number;
  /** Writes what never changes into a chunk, when it is used for the first time. */
  readonly prepareChunk: (memory: DataView, at: number) => void;
}

/** The owner's side. */
export class DataSegment {
  readonly numberOfBuckets: number;
  readonly bucketSize: number;
  readonly region: Region;
  readonly #os: Os;
  readonly #name: string;
  readonly #mapping: Mapping;
  readonly #descriptor: number;
  readonly #firstBucket: number;
  /** A stack of free buckets; the top is `#free[#freeCount - 1]`. */
  readonly #free: Int32Array;
  #freeCount: number;
  /** 1 where a bucket has memory of its own. */
  readonly #reserved: Uint8Array;
  readonly #prepareChunk: DataSegmentOptions["prepareChunk"];

  private constructor(
    os: Os,
    { name, region, mapping }: DynamicStorage,
    descriptor: number,
    layOut: layout.DataSegmentLayout,
    prepareChunk: DataSegmentOptions["prepareChunk"],
  ) {
    this.#os = os;
    this.#prepareChunk = prepareChunk;
    this.#name = name;
    this.#mapping = mapping;
    this.#descriptor = descriptor;
    this.region = region;
    this.bucketSize = layOut.bucketSize;
    this.numberOfBuckets = layOut.numberOfBuckets;
    this.#firstBucket = layOut.firstBucket;
    this.#free = Int32Array.from(
      { length: layOut.numberOfBuckets },
      (_, i) => layOut.numberOfBuckets - 1 - i,
    );
    this.#freeCount = layOut.numberOfBuckets;
    this.#reserved = new Uint8Array(layOut.numberOfBuckets);
  }

  /** @throws StorageError */
  static create(os: Os, config: Config, options: DataSegmentOptions): DataSegment {
    const layOut = layout.layOutDataSegment(options.chunkSize, options.alignment, options.numberOfChunks);
    if (!Number.isSafeInteger(layOut.fileSize)) throw tooLarge(options);
    let descriptor = -1;
    const storage = createDynamicStorage(os, sharedMemoryNames.dataSegment(config, options.portId), {
      size: layOut.fileSize,
      reserve: [
        [0, layout.PAYLOAD_AREA],
        [layOut.freeList, layOut.fileSize - layOut.freeList],
      ],
      initialize: (region) => initialize(region, layOut),
      keepDescriptor: (fd) => {
        descriptor = fd;
      },
    });
    return new DataSegment(os, storage, descriptor, layOut, options.prepareChunk);
  }

  /** The offset of a bucket in `region`. */
  bucketOffset(bucket: number): number {
    return this.#firstBucket + bucket * this.bucketSize;
  }

  /** What travels through the queues for a bucket. */
  pointerTo(bucket: number): number {
    return pointerOffset(0, bucket * this.bucketSize);
  }

  get hasFreeBucket(): boolean {
    return this.#freeCount > 0;
  }

  /**
   * Takes a free bucket, of which there must be one.
   *
   * @throws StorageError `OutOfMemory` if the machine has no memory for it; nothing is taken then.
   */
  allocate(): number {
    const bucket = this.#free[this.#freeCount - 1]!;
    if (this.#reserved[bucket] === 0) this.#reserve(bucket);
    this.#freeCount--;
    return bucket;
  }

  free(bucket: number): void {
    this.#free[this.#freeCount++] = bucket;
  }

  #reserve(bucket: number): void {
    try {
      this.#os.fallocate(this.#descriptor, this.bucketOffset(bucket), this.bucketSize);
    } catch (error) {
      throw toStorageError(error, `shared memory "${this.#name}"`);
    }
    this.#reserved[bucket] = 1;
    this.#prepareChunk(this.region.view, this.bucketOffset(bucket));
  }

  /** Unlinks the segment; readers that mapped it keep it. */
  remove(): void {
    removeDynamicStorage(this.#os, this.#name);
    this.#os.close(this.#descriptor);
    this.#mapping.unmap();
  }
}

function tooLarge({ portId, chunkSize, numberOfChunks }: DataSegmentOptions): StorageError {
  const origin = `data segment of port ${portId}`;
  const message = `${numberOfChunks} chunks of ${chunkSize} bytes are more than any machine can map.`;
  return new StorageError("OutOfMemory", origin, message);
}

function initialize(region: Region, layOut: layout.DataSegmentLayout): void {
  const { bytes, longs, view, words } = region;
  // Readers use only the difference of the two addresses, so any base will do.
  const baseAddress = layout.PAGE_SIZE;
  const put = (offset: number, value: number): void => {
    longs[offset / 8] = BigInt(value);
  };
  bytes[layout.ALLOCATOR_ID] = layout.POOL_ALLOCATOR_ID;
  region.writePointer(layout.FREE_LIST_POINTER, layOut.freeList);
  view.setUint32(layout.NUMBER_OF_BUCKETS, layOut.numberOfBuckets, true);
  put(layout.FREE_LIST_HEAD, 0);
  bytes[layout.INDEX_SET_IS_INITIALIZED] = 1;
  put(layout.BUCKET_SIZE, layOut.bucketSize);
  put(layout.BUCKET_ALIGNMENT, layOut.bucketAlignment);
  put(layout.START_ADDRESS, baseAddress + layOut.firstBucket - layout.PAYLOAD_AREA);
  put(layout.SIZE, layOut.payloadSize);
  bytes[layout.ALLOCATOR_IS_INITIALIZED] = 1;
  put(layout.BASE_ADDRESS, baseAddress);
  put(layout.ALIGNMENT_MAX, layout.PAGE_SIZE);
  put(layout.NUMBER_OF_USED_BUCKETS, 0);
  put(layout.MANAGEMENT_SIZE, layOut.freeListSize);
  put(layout.PAYLOAD_SIZE, layOut.payloadSize);
  put(layout.PAYLOAD_START, layout.PAYLOAD_AREA - layout.ALLOCATOR_ID);
  for (let i = 0; i <= layOut.numberOfBuckets; i++) words[layOut.freeList / 4 + i] = i + 1;
}

/** A reader's side: another port's segment, mapped read-only. */
export class DataSegmentView {
  readonly region: Region;
  readonly bucketSize: number;
  readonly numberOfBuckets: number;
  /** The offset of bucket 0 in `region`. */
  readonly firstBucket: number;
  readonly #mapping: Mapping;

  private constructor(
    { region, mapping }: DynamicStorage,
    firstBucket: number,
    bucketSize: number,
    end: number,
  ) {
    this.region = region;
    this.#mapping = mapping;
    this.firstBucket = firstBucket;
    this.bucketSize = bucketSize;
    this.numberOfBuckets = Math.floor((end - firstBucket) / bucketSize);
  }

  /**
   * @param alignment what the service demands of every chunk.
   * @param timeout how long to wait for a segment that is not ready yet, in milliseconds.
   * @throws StorageError
   */
  static open(os: Os, config: Config, portId: bigint, alignment: number, timeout: number): DataSegmentView {
    const name = sharedMemoryNames.dataSegment(config, portId);
    const minimumSize = layout.PAYLOAD_AREA;
    const storage = openDynamicStorage(os, name, { writable: false, minimumSize, timeout });
    const { region } = storage;
    const bucketSize = region.size64(layout.BUCKET_SIZE);
    const payloadArea = layout.ALLOCATOR_ID + region.size64(layout.PAYLOAD_START);
    const end = payloadArea + region.size64(layout.PAYLOAD_SIZE);
    const padding = region.view.getBigUint64(layout.START_ADDRESS, true);
    const firstBucket = payloadArea + Number(padding - region.view.getBigUint64(layout.BASE_ADDRESS, true));
    const isSound =
      region.bytes[layout.ALLOCATOR_ID] === layout.POOL_ALLOCATOR_ID &&
      region.contains(firstBucket, bucketSize) &&
      firstBucket % alignment === 0 &&
      bucketSize > 0 &&
      bucketSize % alignment === 0 &&
      end <= region.size &&
      firstBucket < end;
    if (isSound) return new DataSegmentView(storage, firstBucket, bucketSize, end);
    storage.mapping.unmap();
    throw new StorageError(
      "Corrupted",
      `shared memory "${name}"`,
      `shared memory "${name}" is no data segment: its header contradicts itself.`,
    );
  }

  close(): void {
    this.#mapping.unmap();
  }
}

/** Removes every data segment of a port that is gone, without needing the port. */
export function removeDataSegments(os: Os, config: Config, portId: bigint, listing: readonly string[]): void {
  removeDynamicStorage(os, sharedMemoryNames.dataSegment(config, portId));
  removeDynamicStorage(os, sharedMemoryNames.resizableDataSegmentManagement(config, portId));
  const suffix = config.global.service.dataSegmentSuffix;
  const prefix = sharedMemoryNames.dataSegment(config, portId).slice(0, -suffix.length);
  for (const name of listing) {
    const middle = stripName(name, `${prefix}__`, suffix);
    if (middle !== undefined && /^\d+$/.test(middle)) removeDynamicStorage(os, name);
  }
}
