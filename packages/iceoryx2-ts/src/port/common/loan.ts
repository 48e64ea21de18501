import { closeLease, isReleased, Lease, leaseBase, leaseMemory, openLease } from "../../payload/lease.ts";
import type { FixedType, Input, PayloadType, View } from "../../payload/meaning.ts";
import type { ChunkPool } from "../common/chunk-pool.ts";
import type { MessageTypes } from "./message-types.ts";

/** A type for a user header, or none. */
export type Header = FixedType | undefined;
/** The user header of a loan; undefined where the service has none. */
export type HeaderView<H> = H extends FixedType ? View<H> : undefined;

/** Memory to write a sample into, in place, before it is sent or given back. */
export interface Loan<T extends PayloadType, H extends Header = undefined, Sent = number> extends Disposable {
  /**
   * The payload in shared memory: fields of a struct and elements of a slice are written in place, and assigning
   * writes the whole value. After `send` or `release` every access throws, but for a slice's bare typed array, which
   * stays mapped and may come to show a later sample.
   *
   * @throws UseAfterReleaseError
   */
  get payload(): View<T>;
  set payload(value: Input<T>);
  /** Zero until it is written. */
  readonly userHeader: HeaderView<H>;
  readonly released: boolean;
  /**
   * Delivers the sample and ends the loan. Never waits.
   *
   * @returns how many subscribers got it.
   * @throws SendError `UnableToDeliver` if a connected subscriber has no room and nothing may be discarded: nobody
   *   got it and the loan is still yours.
   */
  send(): Sent;
  /** Gives the memory back unsent. Doing it twice, or after `send`, is allowed. */
  release(): void;
}

/** The port that made a loan. */
export interface Lender {
  sendLoan(chunk: number): number;
  endLoan(chunk: number): void;
  /** Names a loan in messages. */
  readonly describeLoan: () => string;
}

/**
 * The chunk of a loan; undefined for what is no loan, "foreign" for one of another port.
 *
 * @throws UseAfterReleaseError
 */
export let chunkOfLoan: (value: unknown, lender: Lender) => number | "foreign" | undefined;

export class SampleLoan<T extends PayloadType, H extends Header> extends Lease implements Loan<T, H> {
  readonly #lender: Lender;
  readonly #types: MessageTypes;
  readonly #chunk: number;
  readonly #length: number;
  #view: unknown;

  constructor(lender: Lender, types: MessageTypes, pool: ChunkPool, chunk: number, length: number) {
    super();
    this.#lender = lender;
    this.#types = types;
    this.#chunk = chunk;
    this.#length = length;
    openLease(this, pool.regionOf(chunk).view, pool.offsetOf(chunk), lender.describeLoan);
  }

  static {
    chunkOfLoan = (value, lender) => {
      if (!(typeof value === "object" && value !== null && #lender in value)) return undefined;
      if (value.#lender !== lender) return "foreign";
      leaseMemory(value);
      return value.#chunk;
    };
  }

  get payload(): View<T> {
    leaseMemory(this);
    if (this.#view !== undefined) return this.#view as View<T>;
    const { payload, layout } = this.#types;
    const view =
      payload.kind === "fixed"
        ? payload.view(this, layout.payloadOffset, true)
        : payload.view(this, layout.payloadOffset, this.#length, true);
    if (payload.isViewLive) this.#view = view;
    return view as View<T>;
  }

  set payload(value: Input<T>) {
    const { payload, layout } = this.#types;
    const at = leaseBase(this) + layout.payloadOffset;
    if (payload.kind === "fixed") payload.write(leaseMemory(this), at, value);
    else payload.write(leaseMemory(this), at, value, this.#length);
  }

  get userHeader(): HeaderView<H> {
    leaseMemory(this);
    const { userHeader, layout } = this.#types;
    return userHeader?.view(this, layout.userHeaderOffset, true) as HeaderView<H>;
  }

  get released(): boolean {
    return isReleased(this);
  }

  send(): number {
    leaseMemory(this);
    const receivers = this.#lender.sendLoan(this.#chunk);
    this.release();
    return receivers;
  }

  release(): void {
    if (isReleased(this)) return;
    closeLease(this);
    this.#lender.endLoan(this.#chunk);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
