/**
 * The chunks that a port sends from, and who counts on each.
 *
 * They lie in one data segment, or, where chunks may grow, in segments that follow each other: each has as many chunks
 * as the port can ever need, so the newest alone would do, and an older one goes as soon as nobody counts on any of
 * its chunks. Chunks are numbered through: `chunk = segment id * chunks per segment + bucket`.
 */
import type { Config } from "../../config/config.ts";
import type { AllocationStrategy } from "../../config/settings.ts";
import { alignUp } from "../../memory/alignment.ts";
import type { Os } from "../../os/os.ts";
import { Lease, NO_USE } from "../../payload/lease.ts";
import {
  createSegmentManagement,
  DataSegment,
  type DataSegmentOptions,
  removeSegmentManagement,
} from "../../transport/data-segment.ts";
import { segmentIdOf } from "../../transport/pointer-offset.ts";
import { StorageError } from "../../transport/storage-error.ts";

/** Upstream's, for ports whose chunks may grow; the id of a segment has to fit into a byte. */
export const SEGMENTS_MAX = 255;

export interface ChunkPoolOptions extends Omit<DataSegmentOptions, "segmentId"> {
  readonly allocationStrategy: AllocationStrategy;
  /** Names the loan of a chunk in messages. */
  readonly describeLoan: () => string;
}

export class ChunkPool {
  readonly chunksPerSegment: number;
  /** Whether larger chunks than those of the first segment can be had. */
  readonly isResizable: boolean;
  readonly #os: Os;
  readonly #config: Config;
  readonly #options: ChunkPoolOptions;
  /** By id; a hole where one is gone. */
  readonly #segments: (DataSegment | undefined)[] = [];
  /** What one bucket adds to a pointer, by segment. */
  readonly #strides: number[] = [];
  #newest: DataSegment;
  /** The number of the newest segment's bucket 0. */
  #newestFirst = 0;
  /** How many count on a chunk. */
  #references: Int32Array;
  /** Of the chunks that were used already. */
  readonly #leases: (Lease | undefined)[] = [];

  private constructor(os: Os, config: Config, options: ChunkPoolOptions) {
    this.#os = os;
    this.#config = config;
    this.#options = options;
    this.isResizable = options.allocationStrategy !== "Static";
    this.#references = new Int32Array(0);
    this.#newest = this.#addSegment(options.chunkSize);
    this.chunksPerSegment = this.#newest.numberOfBuckets;
  }

  /** @throws StorageError; nothing is left behind then. */
  static create(os: Os, config: Config, options: ChunkPoolOptions): ChunkPool {
    if (options.allocationStrategy === "Static") return new ChunkPool(os, config, options);
    createSegmentManagement(os, config, options.portId);
    try {
      return new ChunkPool(os, config, options);
    } catch (error) {
      removeSegmentManagement(os, config, options.portId);
      throw error;
    }
  }

  /** What a chunk that is allocated now can hold, in bytes. */
  get chunkSize(): number {
    return this.#newest.bucketSize;
  }

  get hasFreeChunk(): boolean {
    return this.#newest.hasFreeBucket;
  }

  /**
   * Takes a free chunk, of which there must be one, and counts on it.
   *
   * @throws StorageError `OutOfMemory` if the machine has no memory for it; nothing is taken then.
   */
  allocate(): number {
    const chunk = this.#newestFirst + this.#newest.allocate();
    this.#references[chunk] = 1;
    return chunk;
  }

  /**
   * Goes over to a new segment.
   *
   * @param size what its chunks have to hold at least, in bytes.
   * @throws StorageError `OutOfMemory` if the machine has no room for it, or if no number is left for it.
   */
  grow(size: number): void {
    if (this.#segments.length === SEGMENTS_MAX) throw this.#outOfSegments();
    const older = this.#segments.length - 1;
    const newest = this.#addSegment(this.#grownSize(size));
    this.#newest = newest;
    this.#newestFirst = (this.#segments.length - 1) * this.chunksPerSegment;
    this.#removeIfUnused(older);
  }

  /** One more counts on a chunk. */
  retain(chunk: number): void {
    this.#references[chunk]!++;
  }

  /** One less counts on a chunk; without any it is free. */
  release(chunk: number): void {
    const references = this.#references[chunk]! - 1;
    this.#references[chunk] = references;
    if (references === 0) this.#free(chunk);
  }

  /** Where a chunk is, and whether its loan may still be used. */
  leaseOf(chunk: number): Lease {
    return this.#leases[chunk] ?? this.#makeLease(chunk);
  }

  /** Takes back what users loaned. @param endLoan is called for each. */
  revokeLoans(endLoan: (chunk: number) => void): void {
    for (const [chunk, lease] of [...this.#leases.entries()]) {
      if (lease === undefined || lease.use === NO_USE) continue;
      lease.end();
      endLoan(chunk);
    }
  }

  /** All bytes of the memory that a chunk is in. */
  bytesAround(chunk: number): Uint8Array<ArrayBuffer> {
    return this.#segmentOf(chunk).region.bytes;
  }

  /** What a chunk can hold, in bytes. */
  sizeOf(chunk: number): number {
    return this.#segmentOf(chunk).bucketSize;
  }

  /** What travels through the queues for a chunk. */
  pointerTo(chunk: number): number {
    if (chunk < this.chunksPerSegment) return chunk * this.#strides[0]!;
    const id = this.#idOf(chunk);
    return (chunk - this.#firstOf(id)) * this.#strides[id]! + id;
  }

  /** The chunk that a pointer means; anything but a chunk's number for one that means none. */
  chunkAt(pointer: number): number {
    const id = segmentIdOf(pointer);
    // There is no stride, and so no number, for a segment that never was.
    const bucket = (pointer - id) / this.#strides[id]!;
    return bucket < this.chunksPerSegment ? this.#firstOf(id) + bucket : Number.NaN;
  }

  /** Removes all segments; receivers that mapped them keep them. */
  remove(): void {
    for (const segment of this.#segments) segment?.remove();
    this.#segments.fill(undefined);
    if (this.isResizable) removeSegmentManagement(this.#os, this.#config, this.#options.portId);
  }

  #addSegment(chunkSize: number): DataSegment {
    const segmentId = this.#segments.length;
    const segment = DataSegment.create(this.#os, this.#config, {
      ...this.#options,
      chunkSize,
      segmentId: this.isResizable ? segmentId : undefined,
    });
    this.#segments.push(segment);
    this.#strides.push(segment.pointerTo(1) - segmentId);
    const references = new Int32Array(this.#references.length + segment.numberOfBuckets);
    references.set(this.#references);
    this.#references = references;
    return segment;
  }

  #grownSize(size: number): number {
    const { alignment, allocationStrategy } = this.#options;
    const needed = alignUp(Math.max(size, this.chunkSize), alignment);
    if (allocationStrategy === "BestFit") return needed;
    let power = 1;
    while (power < needed) power *= 2;
    return power;
  }

  #free(chunk: number): void {
    const id = this.#idOf(chunk);
    this.#segments[id]!.free(chunk - this.#firstOf(id));
    if (this.isResizable) this.#removeIfUnused(id);
  }

  #removeIfUnused(id: number): void {
    const segment = this.#segments[id]!;
    if (segment === this.#newest || !segment.isUnused) return;
    segment.remove();
    this.#segments[id] = undefined;
    // They would keep its addresses.
    this.#leases.fill(undefined, this.#firstOf(id), this.#firstOf(id + 1));
  }

  #makeLease(chunk: number): Lease {
    const id = this.#idOf(chunk);
    const segment = this.#segments[id]!;
    const base = segment.bucketOffset(chunk - this.#firstOf(id));
    const lease = new Lease(segment.region.view, base, this.#options.describeLoan);
    this.#leases[chunk] = lease;
    return lease;
  }

  #segmentOf(chunk: number): DataSegment {
    return this.#segments[this.#idOf(chunk)]!;
  }

  #idOf(chunk: number): number {
    return chunk < this.chunksPerSegment ? 0 : Math.floor(chunk / this.chunksPerSegment);
  }

  #firstOf(id: number): number {
    return id * this.chunksPerSegment;
  }

  #outOfSegments(): StorageError {
    const origin = `data segments of port ${this.#options.portId}`;
    const message = `it had ${SEGMENTS_MAX} of them, and more cannot be numbered. Create the port anew with larger chunks.`;
    return new StorageError("OutOfMemory", origin, message);
  }
}
