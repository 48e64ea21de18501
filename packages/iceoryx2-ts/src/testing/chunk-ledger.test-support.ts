import assert from "node:assert/strict";
import { DataSegment } from "../transport/data-segment.ts";

/** Watches all data segments that exist: which chunks are in use, and that none is freed twice. */
export class ChunkLedger implements Disposable {
  readonly #inUse: Map<DataSegment, Set<number>> = new Map();
  readonly #allocate = DataSegment.prototype.allocate;
  readonly #free = DataSegment.prototype.free;
  readonly #remove = DataSegment.prototype.remove;

  constructor() {
    const { chunks } = this;
    const segments = this.#inUse;
    const allocate = this.#allocate;
    const free = this.#free;
    const remove = this.#remove;
    DataSegment.prototype.allocate = function (): number {
      const bucket = allocate.call(this);
      assert(!chunks(this).has(bucket), `chunk ${bucket} was handed out twice`);
      chunks(this).add(bucket);
      return bucket;
    };
    DataSegment.prototype.free = function (bucket: number): void {
      assert(chunks(this).delete(bucket), `chunk ${bucket} was freed, but was not in use`);
      free.call(this, bucket);
    };
    DataSegment.prototype.remove = function (): void {
      segments.delete(this);
      remove.call(this);
    };
  }

  /** How many chunks are in use, over all segments. */
  get inUse(): number {
    return [...this.#inUse.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The segments in which more than `history` chunks are in use. */
  moreThan(history: number): number[] {
    return [...this.#inUse.values()].map(({ size }) => size).filter((size) => size > history);
  }

  readonly chunks = (segment: DataSegment): Set<number> => {
    const known = this.#inUse.get(segment) ?? new Set();
    this.#inUse.set(segment, known);
    return known;
  };

  [Symbol.dispose](): void {
    DataSegment.prototype.allocate = this.#allocate;
    DataSegment.prototype.free = this.#free;
    DataSegment.prototype.remove = this.#remove;
  }
}
