/** The chunks of a sender that its user has on loan: how many there may be, and where room for one more comes from. */
import type { ChunkPool } from "./chunk-pool.ts";
import { describePlaces, Places } from "./places.ts";
import { LoanError } from "./port-errors.ts";

export interface LoanLimits {
  /** What the sender sends, such as "sample". */
  readonly what: string;
  readonly maxLoans: number;
  /** The option behind `maxLoans`, and what has it, such as "publisher". */
  readonly maxLoansOption: { readonly name: string; readonly of: string };
}

export interface LoansOptions extends LoanLimits {
  readonly pool: ChunkPool;
  /** For messages, such as `publisher "front" of service "Camera/Front"`. */
  readonly origin: string;
  /** Whether errors tell where the loans were taken. */
  readonly tracksPlaces: boolean;
  /** Frees what receivers gave back already. */
  readonly reclaimEverything: () => void;
}

export class Loans {
  readonly #pool: ChunkPool;
  readonly #max: number;
  readonly #options: LoansOptions;
  /** By chunk. */
  readonly #places: Places<number> | undefined;
  #count = 0;

  constructor(options: LoansOptions) {
    this.#pool = options.pool;
    this.#max = options.maxLoans;
    this.#options = options;
    this.#places = options.tracksPlaces ? new Places() : undefined;
  }

  get count(): number {
    return this.#count;
  }

  /** Whether there may be one more. */
  get mayBegin(): boolean {
    return this.#count < this.#max;
  }

  /**
   * @param size what the chunk has to hold, in bytes.
   * @returns its number in the pool.
   * @throws LoanError
   */
  begin(size: number): number {
    const pool = this.#pool;
    if (this.#count >= this.#max) throw this.#tooMany();
    if (size > pool.chunkSize || !pool.hasFreeChunk) this.#makeRoom(size);
    const chunk = this.#allocate();
    this.#count++;
    this.#places?.note(chunk);
    return chunk;
  }

  end(chunk: number): void {
    this.#count--;
    this.#places?.forget(chunk);
    this.#pool.release(chunk);
  }

  #allocate(): number {
    try {
      return this.#pool.allocate();
    } catch (cause) {
      throw this.#outOfMemory(`another chunk of ${this.#pool.chunkSize} bytes`, cause);
    }
  }

  #makeRoom(size: number): void {
    const pool = this.#pool;
    // No strategy grows because chunks wait to be taken back.
    if (!pool.hasFreeChunk) this.#options.reclaimEverything();
    if (size <= pool.chunkSize && pool.hasFreeChunk) return;
    if (!pool.isResizable) throw size > pool.chunkSize ? this.#tooLarge(size) : this.#outOfChunks();
    try {
      pool.grow(size);
    } catch (cause) {
      throw this.#outOfMemory(`chunks of ${size} bytes`, cause);
    }
  }

  #tooMany(): LoanError {
    const { origin, what, maxLoansOption } = this.#options;
    const { name, of } = maxLoansOption;
    return new LoanError(
      "ExceedsMaxLoans",
      origin,
      `cannot loan from ${origin}: ${this.#count} ${what}s are already on loan (${name}: ${this.#max}). Send or release one, or create the ${of} with a larger ${name}.${describePlaces(this.#places)}`,
    );
  }

  #tooLarge(size: number): LoanError {
    const { origin } = this.#options;
    return new LoanError(
      "ExceedsMaxLoanSize",
      origin,
      `cannot loan ${size} bytes from ${origin}: its chunks have ${this.#pool.chunkSize}, and it was created with the allocation strategy "Static". Create it with a larger initialMaxSliceLen, or with "BestFit" or "PowerOfTwo".`,
    );
  }

  #outOfChunks(): LoanError {
    const { origin } = this.#options;
    return new LoanError(
      "OutOfMemory",
      origin,
      `cannot loan from ${origin}: all ${this.#pool.chunksPerSegment} chunks are with receivers, in the history or on loan. Receivers must release some.`,
    );
  }

  #outOfMemory(what: string, cause: unknown): LoanError {
    const { origin } = this.#options;
    return new LoanError(
      "OutOfMemory",
      origin,
      `cannot loan from ${origin}: the machine has no shared memory left for ${what}: ${(cause as Error).message} Free some, or enlarge /dev/shm.`,
      { cause },
    );
  }
}
