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

/** Which of a port's segments: its only one, or one of those that follow each other as chunks have to grow. */
export interface SegmentIdentity {
  readonly portId: bigint;
  /** 0 to 254 for one of several segments. */
  readonly segmentId?: number | undefined;
}

export interface DataSegmentOptions extends SegmentIdentity {
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
  readonly #segmentId: number;
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
    { segmentId, prepareChunk }: DataSegmentOptions,
  ) {
    this.#os = os;
    this.#segmentId = segmentId ?? 0;
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
    const storage = createDynamicStorage(os, nameOf(config, options), {
      size: layOut.fileSize,
      reserve: [
        [0, layout.PAYLOAD_AREA],
        [layOut.freeList, layOut.fileSize - layOut.freeList],
      ],
      initialize: (region) => layout.initializeDataSegment(region, layOut),
      keepDescriptor: (fd) => {
        descriptor = fd;
      },
    });
    return new DataSegment(os, storage, descriptor, layOut, options);
  }

  /** The offset of a bucket in `region`. */
  bucketOffset(bucket: number): number {
    return this.#firstBucket + bucket * this.bucketSize;
  }

  /** What travels through the queues for a bucket. */
  pointerTo(bucket: number): number {
    return pointerOffset(this.#segmentId, bucket * this.bucketSize);
  }

  get isUnused(): boolean {
    return this.#freeCount === this.numberOfBuckets;
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

function nameOf(config: Config, { portId, segmentId }: SegmentIdentity): string {
  return segmentId === undefined
    ? sharedMemoryNames.dataSegment(config, portId)
    : sharedMemoryNames.resizableDataSegment(config, portId, segmentId);
}

function tooLarge({ portId, chunkSize, numberOfChunks }: DataSegmentOptions): StorageError {
  const origin = `data segment of port ${portId}`;
  const message = `${numberOfChunks} chunks of ${chunkSize} bytes are more than any machine can map.`;
  return new StorageError("OutOfMemory", origin, message);
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
  static open(
    os: Os,
    config: Config,
    segment: SegmentIdentity,
    alignment: number,
    timeout: number,
  ): DataSegmentView {
    const name = nameOf(config, segment);
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

/**
 * Creates what stands for all segments of a port whose segments follow each other: readers look for it before they
 * know of any of them. Its content means nothing.
 *
 * @throws StorageError
 */
export function createSegmentManagement(os: Os, config: Config, portId: bigint): void {
  const layOut = layout.layOutDataSegment(1, 1, 1);
  const { mapping } = createDynamicStorage(
    os,
    sharedMemoryNames.resizableDataSegmentManagement(config, portId),
    {
      size: layOut.fileSize,
      initialize: (region) => layout.initializeDataSegment(region, layOut),
    },
  );
  mapping.unmap();
}

/** @throws StorageError if the port's segments are not there. */
export function demandSegmentManagement(os: Os, config: Config, portId: bigint, timeout: number): void {
  const name = sharedMemoryNames.resizableDataSegmentManagement(config, portId);
  const minimumSize = layout.PAYLOAD_AREA;
  openDynamicStorage(os, name, { writable: false, minimumSize, timeout }).mapping.unmap();
}

export function removeSegmentManagement(os: Os, config: Config, portId: bigint): void {
  removeDynamicStorage(os, sharedMemoryNames.resizableDataSegmentManagement(config, portId));
}

/** Removes every data segment of a port that is gone, without needing the port. */
export function removeDataSegments(os: Os, config: Config, portId: bigint, listing: readonly string[]): void {
  removeDynamicStorage(os, sharedMemoryNames.dataSegment(config, portId));
  removeSegmentManagement(os, config, portId);
  const suffix = config.global.service.dataSegmentSuffix;
  const prefix = sharedMemoryNames.dataSegment(config, portId).slice(0, -suffix.length);
  for (const name of listing) {
    const middle = stripName(name, `${prefix}__`, suffix);
    if (middle !== undefined && /^\d+$/.test(middle)) removeDynamicStorage(os, name);
  }
}
