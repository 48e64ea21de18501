import assert from "node:assert/strict";
import { DataSegment } from "../transport/data-segment.ts";

/** Watches every data segment: which chunks are in use, and that none is freed twice. */
export class ChunkLedger implements Disposable {
  readonly #inUse: Map<DataSegment, Set<number>> = new Map();
  readonly #allocate = DataSegment.prototype.allocate;
  readonly #free = DataSegment.prototype.free;

  constructor() {
    const { chunks } = this;
    const allocate = this.#allocate;
    const free = this.#free;
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
  }

  /** How many chunks are in use, over all segments. */
  get inUse(): number {
    return [...this.#inUse.values()].reduce((sum, { size }) => sum + size, 0);
  }

  readonly chunks = (segment: DataSegment): Set<number> => {
    const known = this.#inUse.get(segment) ?? new Set();
    this.#inUse.set(segment, known);
    return known;
  };

  [Symbol.dispose](): void {
    DataSegment.prototype.allocate = this.#allocate;
    DataSegment.prototype.free = this.#free;
  }
}
