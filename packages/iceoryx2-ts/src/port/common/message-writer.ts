/** Filling chunks: what publishers, clients and servers do with one between loaning and sending it. */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import type { ChunkPool } from "./chunk-pool.ts";
import type { HeaderInput } from "./loan.ts";
import type { MessageTypes } from "./message-types.ts";
import { LoanError } from "./port-errors.ts";
import type { Sender } from "./sender.ts";

/** What goes with a message beside its payload. */
export interface SendExtras<H> {
  readonly userHeader?: HeaderInput<H> | undefined;
}

export class MessageWriter {
  readonly types: MessageTypes;
  readonly initialMaxSliceLen: number;
  readonly #sender: Sender;
  /** Of a message that every chunk can hold, in bytes. */
  readonly #initialSize: number;

  constructor(sender: Sender, types: MessageTypes, initialMaxSliceLen: number) {
    this.#sender = sender;
    this.#initialSize = types.layout.chunkSize(initialMaxSliceLen);
    this.types = types;
    this.initialMaxSliceLen = initialMaxSliceLen;
  }

  /**
   * Loans a chunk whose user header is zero.
   *
   * @param length of a slice; 1 or undefined for a payload of fixed size.
   * @param isZeroed whether the payload is zero as well, or what was there.
   * @returns its number.
   * @throws LoanError, InvalidArgumentError
   */
  loan(length: number | undefined, isZeroed: boolean): number {
    const { layout, payload, userHeaderSize } = this.types;
    if (payload.kind === "slice" || length !== undefined) this.#checkLength(length);
    const elements = length ?? 1;
    const size = elements <= this.initialMaxSliceLen ? this.#initialSize : layout.chunkSize(elements);
    const chunk = this.#sender.loan(size);
    if (length === undefined && userHeaderSize === 0 && !isZeroed) return chunk;
    const { pool } = this.#sender;
    const { memory, base } = pool.leaseOf(chunk);
    if (length !== undefined) this.types.length.write(memory, base, length);
    if (userHeaderSize > 0) zero(pool, chunk, base + layout.userHeaderOffset, userHeaderSize);
    if (isZeroed) zero(pool, chunk, base + layout.payloadOffset, elements * layout.elementStride);
    return chunk;
  }

  /**
   * Loans a chunk and copies a value into it.
   *
   * @returns its number.
   * @throws LoanError; PayloadValueError for a value that does not fit the type.
   */
  loanCopy(value: unknown, userHeaderValue: unknown): number {
    const { payload } = this.types;
    const length = payload.kind === "fixed" ? undefined : payload.lengthOf(value);
    const chunk = this.loan(length, false);
    try {
      this.#write(chunk, length, value, userHeaderValue);
      return chunk;
    } catch (error) {
      this.#sender.endLoan(chunk);
      throw error;
    }
  }

  #write(chunk: number, length: number | undefined, value: unknown, userHeaderValue: unknown): void {
    const { payload, layout, userHeader } = this.types;
    const { memory, base } = this.#sender.pool.leaseOf(chunk);
    // A hostile value may have another length by now; what it writes must not leave the chunk.
    payload.write(memory, base + layout.payloadOffset, value, length);
    if (userHeaderValue !== undefined) {
      userHeader?.write(memory, base + layout.userHeaderOffset, userHeaderValue);
    }
  }

  #checkLength(length: number | undefined): void {
    const { origin } = this.#sender;
    if (this.types.payload.kind === "fixed") {
      if (length === 1) return;
      throw new InvalidArgumentError(
        origin,
        `cannot loan ${length} elements from ${origin}: its payload has a fixed size. Loan one after the other.`,
      );
    }
    if (!(Number.isSafeInteger(length) && length! >= 0)) {
      throw new InvalidArgumentError(
        origin,
        `cannot loan a slice of ${length} elements from ${origin}: the length must be an integer from 0 on.`,
      );
    }
    if (length! <= this.initialMaxSliceLen || this.#sender.pool.isResizable) return;
    throw new LoanError(
      "ExceedsMaxLoanSize",
      origin,
      `cannot loan a slice of ${length} elements from ${origin}: it can have ${this.initialMaxSliceLen} at most (initialMaxSliceLen: ${this.initialMaxSliceLen}). Create the port with a larger initialMaxSliceLen, or with the allocation strategy "BestFit" or "PowerOfTwo".`,
    );
  }
}

/** @param at in the memory that the chunk is in. */
function zero(pool: ChunkPool, chunk: number, at: number, size: number): void {
  pool.bytesAround(chunk).fill(0, at, at + size);
}
