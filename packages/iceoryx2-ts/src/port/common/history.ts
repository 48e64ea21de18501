/** The last chunks that a sender sent, which late receivers can have. It counts on each of them. */
import type { ChunkPool } from "./chunk-pool.ts";

export class History {
  readonly #pool: ChunkPool;
  /** A ring. */
  readonly #chunks: Int32Array;
  #length = 0;
  /** Where the next one goes. */
  #next = 0;

  /** @param size how many it keeps, at least one. */
  constructor(pool: ChunkPool, size: number) {
    this.#pool = pool;
    this.#chunks = new Int32Array(size);
  }

  /** Adds a chunk; the oldest makes room for it if there is none. */
  add(chunk: number): void {
    if (this.#length === this.#chunks.length) this.#pool.release(this.#chunks[this.#next]!);
    else this.#length++;
    this.#chunks[this.#next] = chunk;
    this.#pool.retain(chunk);
    this.#next = this.#next + 1 === this.#chunks.length ? 0 : this.#next + 1;
  }

  /** The newest ones, the oldest of them first. @param count how many at most. */
  newest(count: number): number[] {
    const { length } = this.#chunks;
    const number = Math.min(count, this.#length);
    return Array.from({ length: number }, (_, index) => {
      return this.#chunks[(this.#next + length - number + index) % length]!;
    });
  }
}
