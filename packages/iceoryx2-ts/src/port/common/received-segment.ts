/** One of a sender's data segments, as a receiver uses it. */
import type { DataSegmentView } from "../../transport/data-segment.ts";
import { pointerOffset } from "../../transport/pointer-offset.ts";
import type { Borrower } from "./borrower.ts";

export class ReceivedSegment {
  readonly id: number;
  readonly view: DataSegmentView;
  /** What the port shows chunks with and uses again, by bucket: so at most as many as the sender has chunks. */
  readonly reusable: (Borrower | undefined)[];
  /** How many of its chunks are held. */
  borrowed = 0;
  /** What one bucket adds to a pointer in the queues. */
  readonly #stride: number;

  constructor(id: number, view: DataSegmentView) {
    this.id = id;
    this.view = view;
    this.reusable = new Array<Borrower | undefined>(view.numberOfBuckets).fill(undefined);
    this.#stride = pointerOffset(0, view.bucketSize);
  }

  /** The bucket that a pointer means, or -1 if it means none. */
  bucketAt(pointer: number): number {
    const bucket = (pointer - this.id) / this.#stride;
    return Number.isInteger(bucket) && bucket < this.view.numberOfBuckets ? bucket : -1;
  }

  pointerTo(bucket: number): number {
    return bucket * this.#stride + this.id;
  }

  /** Where a chunk begins in the segment, in bytes. */
  offsetOf(bucket: number): number {
    return this.view.firstBucket + bucket * this.view.bucketSize;
  }
}
