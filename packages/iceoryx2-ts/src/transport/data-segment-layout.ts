/**
 * The bytes of a pool data segment: one publisher's chunks. Upstream: `AllocatorDetails<PoolAllocator>`.
 *
 * ```text
 *  0x00  u64   version
 *  0x08  u8    allocator id = 0 (pool)
 *  0x10  i64   pointer to the free list                 <- the allocator: only the owner uses it
 *  0x18  u32   number of buckets
 *  0x20  u64   head of the free list
 *  0x28  u8    initialised = 1
 *  0x30  u64   bucket size
 *  0x38  u64   bucket alignment
 *  0x40  u64   start: address of the first bucket in the creator's address space
 *  0x48  u64   size of the payload area
 *  0x50  u8    initialised = 1
 *  0x58  u64   base: address of the payload area in the creator's address space
 *  0x60  u64   largest supported alignment = 4096
 *  0x68  u64   number of used buckets
 *  0x70  u64   size of the free list area
 *  0x78  u64   size of the payload area
 *  0x80  u64   start of the payload area, counted from 0x08
 *  0x88  ...   payload area; bucket 0 is aligned inside of it
 *   ...  u32[buckets + 1]   free list: entry i holds i + 1
 * ```
 *
 * Of the two addresses only the difference matters. Readers look at 0x08, 0x40, 0x58, 0x78 and 0x80. Our allocator
 * lives in private memory, so the free list is written once and never touched again.
 */
import { alignUp } from "../memory/alignment.ts";
import type { Region } from "../memory/region.ts";

export const VERSION = 0;
export const ALLOCATOR_ID: number = VERSION + 8;
export const FREE_LIST_POINTER: number = ALLOCATOR_ID + 8;
export const NUMBER_OF_BUCKETS: number = FREE_LIST_POINTER + 8;
export const FREE_LIST_HEAD: number = NUMBER_OF_BUCKETS + 8;
export const INDEX_SET_IS_INITIALIZED: number = FREE_LIST_HEAD + 8;
export const BUCKET_SIZE: number = INDEX_SET_IS_INITIALIZED + 8;
export const BUCKET_ALIGNMENT: number = BUCKET_SIZE + 8;
export const START_ADDRESS: number = BUCKET_ALIGNMENT + 8;
export const SIZE: number = START_ADDRESS + 8;
export const ALLOCATOR_IS_INITIALIZED: number = SIZE + 8;
export const BASE_ADDRESS: number = ALLOCATOR_IS_INITIALIZED + 8;
export const ALIGNMENT_MAX: number = BASE_ADDRESS + 8;
export const NUMBER_OF_USED_BUCKETS: number = ALIGNMENT_MAX + 8;
export const MANAGEMENT_SIZE: number = NUMBER_OF_USED_BUCKETS + 8;
export const PAYLOAD_SIZE: number = MANAGEMENT_SIZE + 8;
export const PAYLOAD_START: number = PAYLOAD_SIZE + 8;
/** Where the payload area begins in segments that we make. */
export const PAYLOAD_AREA: number = PAYLOAD_START + 8;

export const POOL_ALLOCATOR_ID = 0;
/** Upstream's pool serves alignments up to a page. */
export const PAGE_SIZE = 4096;

export interface DataSegmentLayout {
  readonly bucketSize: number;
  readonly bucketAlignment: number;
  readonly numberOfBuckets: number;
  /** The offset of bucket 0 in the file. */
  readonly firstBucket: number;
  readonly payloadSize: number;
  readonly freeList: number;
  readonly freeListSize: number;
  readonly fileSize: number;
}

/**
 * The layout for `numberOfChunks` chunks of `chunkSize` bytes, both as the service's static configuration and the
 * publisher's options give them.
 */
export function layOutDataSegment(
  chunkSize: number,
  alignment: number,
  numberOfChunks: number,
): DataSegmentLayout {
  const payloadSize = chunkSize * numberOfChunks + alignment - 1;
  const freeListSize = 4 * (Math.floor(payloadSize / chunkSize) + 1) + 3;
  const bucketSize = alignUp(chunkSize, alignment);
  const firstBucket = alignUp(PAYLOAD_AREA, alignment);
  const numberOfBuckets = Math.floor((payloadSize - (firstBucket - PAYLOAD_AREA)) / bucketSize);
  return {
    bucketSize,
    bucketAlignment: alignment,
    numberOfBuckets,
    firstBucket,
    payloadSize,
    freeList: alignUp(PAYLOAD_AREA + payloadSize, 4),
    freeListSize,
    fileSize: PAYLOAD_AREA + payloadSize + freeListSize,
  };
}

/** Writes everything but the version into zeroed memory. */
export function initializeDataSegment(region: Region, layOut: DataSegmentLayout): void {
  const { bytes, longs, view, words } = region;
  // Readers use only the difference of the two addresses, so any base will do.
  const baseAddress = PAGE_SIZE;
  const put = (offset: number, value: number): void => {
    longs[offset / 8] = BigInt(value);
  };
  bytes[ALLOCATOR_ID] = POOL_ALLOCATOR_ID;
  region.writePointer(FREE_LIST_POINTER, layOut.freeList);
  view.setUint32(NUMBER_OF_BUCKETS, layOut.numberOfBuckets, true);
  put(FREE_LIST_HEAD, 0);
  bytes[INDEX_SET_IS_INITIALIZED] = 1;
  put(BUCKET_SIZE, layOut.bucketSize);
  put(BUCKET_ALIGNMENT, layOut.bucketAlignment);
  put(START_ADDRESS, baseAddress + layOut.firstBucket - PAYLOAD_AREA);
  put(SIZE, layOut.payloadSize);
  bytes[ALLOCATOR_IS_INITIALIZED] = 1;
  put(BASE_ADDRESS, baseAddress);
  put(ALIGNMENT_MAX, PAGE_SIZE);
  put(NUMBER_OF_USED_BUCKETS, 0);
  put(MANAGEMENT_SIZE, layOut.freeListSize);
  put(PAYLOAD_SIZE, layOut.payloadSize);
  put(PAYLOAD_START, PAYLOAD_AREA - ALLOCATOR_ID);
  for (let i = 0; i <= layOut.numberOfBuckets; i++) words[layOut.freeList / 4 + i] = i + 1;
}
