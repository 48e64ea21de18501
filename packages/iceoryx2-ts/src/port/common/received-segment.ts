/** One of a sender's data segments, as a receiver uses it. */
import { NO_USE } from "../../payload/lease.ts";
import type { DataSegmentView } from "../../transport/data-segment.ts";
import { pointerOffset } from "../../transport/pointer-offset.ts";
import { ReceivedChunk } from "./received-chunk.ts";
import type { ReceiverConnection } from "./receiver-connection.ts";

export class ReceivedSegment {
  readonly id: number;
  readonly view: DataSegmentView;
  /** How many of its chunks are held. */
  borrowed = 0;
  /** What one bucket adds to a pointer in the queues. */
  readonly #stride: number;
  /** By bucket, those that came already: so at most as many as the sender has chunks. */
  readonly #chunks: (ReceivedChunk | undefined)[];

  constructor(id: number, view: DataSegmentView) {
    this.id = id;
    this.view = view;
    this.#stride = pointerOffset(0, view.bucketSize);
    this.#chunks = new Array<ReceivedChunk | undefined>(view.numberOfBuckets).fill(undefined);
  }

  /** The chunk that a pointer means, or undefined if it means none. */
  chunkAt(connection: ReceiverConnection, pointer: number): ReceivedChunk | undefined {
    const bucket = (pointer - this.id) / this.#stride;
    const known = this.#chunks[bucket];
    // One that is still in use came twice, from a hostile sender: its holder keeps it, and has it for itself.
    if (known !== undefined && known.use === NO_USE) return known;
    if (!(Number.isInteger(bucket) && bucket < this.view.numberOfBuckets)) return undefined;
    const chunk = new ReceivedChunk(connection, this, bucket);
    this.#chunks[bucket] = chunk;
    return chunk;
  }

  pointerTo(bucket: number): number {
    return bucket * this.#stride + this.id;
  }

  /** Where a chunk begins in the segment, in bytes. */
  offsetOf(bucket: number): number {
    return this.view.firstBucket + bucket * this.view.bucketSize;
  }
}
