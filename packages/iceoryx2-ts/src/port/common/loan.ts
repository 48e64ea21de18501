import type { Lease } from "../../payload/lease.ts";
import type { FixedType, Input, PayloadType, SliceType, View } from "../../payload/meaning.ts";
import type { ChunkPool } from "./chunk-pool.ts";
import type { MessageTypes } from "./message-types.ts";

/** A type for a user header, or none. */
export type Header = FixedType | undefined;
/** The user header of a loan; undefined where the service has none. */
export type HeaderView<H> = H extends FixedType ? View<H> : undefined;
/** What may be written into a user header; undefined where the service has none. */
export type HeaderInput<H> = H extends FixedType ? Input<H> : undefined;

/** () for a fixed payload, (length) for a slice. */
export type LoanArguments<T> = T extends SliceType ? [length: number] : [];

/** Memory to write a message into, in place, before it is sent or given back. */
export interface Loan<T extends PayloadType, H extends Header = undefined, Sent = number> extends Disposable {
  /**
   * The payload in shared memory: fields of a struct and elements of a slice are written in place, and assigning
   * writes the whole value. After `send` or `release` every access throws, but for a slice's bare typed array, which
   * stays mapped and may come to show a later message.
   *
   * @throws UseAfterReleaseError
   */
  get payload(): View<T>;
  set payload(value: Input<T>);
  /** Zero until it is written, in place or as a whole, as the payload. */
  get userHeader(): HeaderView<H>;
  set userHeader(value: HeaderInput<H>);
  readonly released: boolean;
  /**
   * Delivers the message and ends the loan. Never waits.
   *
   * @returns how many receivers got it; of a request, what its responses come to.
   * @throws SendError `UnableToDeliver` if a connected receiver has no room and nothing may be discarded: nobody
   *   got it and the loan is still yours.
   */
  send(): Sent;
  /** Gives the memory back unsent. Doing it twice, or after `send`, is allowed. */
  release(): void;
}

/** Who made a loan: a port, or a request that is answered. */
export interface Lender<Sent> {
  /** Delivers a chunk, which stays loaned until `endLoan`. */
  sendLoan(chunk: number): Sent;
  endLoan(chunk: number): void;
}

/**
 * The chunk of a loan; undefined for what is no loan, "foreign" for one of another port.
 *
 * @throws UseAfterReleaseError
 */
export let chunkOfLoan: (value: unknown, lender: Lender<unknown>) => number | "foreign" | undefined;

/** Its state is private, so that cloning a loan never copies a segment. */
export class MessageLoan<T extends PayloadType, H extends Header, Sent> implements Loan<T, H, Sent> {
  readonly #lender: Lender<Sent>;
  readonly #types: MessageTypes;
  readonly #lease: Lease;
  /** The use of the lease that belongs to it. */
  readonly #use: number;
  readonly #chunk: number;
  readonly #length: number;
  #view: unknown;

  constructor(lender: Lender<Sent>, types: MessageTypes, pool: ChunkPool, chunk: number, length: number) {
    this.#lender = lender;
    this.#types = types;
    this.#lease = pool.leaseOf(chunk);
    this.#use = this.#lease.begin();
    this.#chunk = chunk;
    this.#length = length;
  }

  static {
    chunkOfLoan = (value, lender) => {
      if (!(typeof value === "object" && value !== null && #lender in value)) return undefined;
      if (value.#lender !== lender) return "foreign";
      value.#demandLease();
      return value.#chunk;
    };
  }

  get payload(): View<T> {
    const lease = this.#demandLease();
    return (this.#view ?? this.#makeView(lease)) as View<T>;
  }

  set payload(value: Input<T>) {
    const { memory, base } = this.#demandLease();
    const { payload, layout } = this.#types;
    const at = base + layout.payloadOffset;
    if (payload.kind === "fixed") payload.write(memory, at, value);
    else payload.write(memory, at, value, this.#length);
  }

  get userHeader(): HeaderView<H> {
    const lease = this.#demandLease();
    const { userHeader, layout } = this.#types;
    return userHeader?.view(lease, layout.userHeaderOffset, true) as HeaderView<H>;
  }

  set userHeader(value: HeaderInput<H>) {
    const { memory, base } = this.#demandLease();
    const { userHeader, layout } = this.#types;
    userHeader?.write(memory, base + layout.userHeaderOffset, value);
  }

  get released(): boolean {
    return this.#lease.use !== this.#use;
  }

  send(): Sent {
    this.#demandLease();
    const sent = this.#lender.sendLoan(this.#chunk);
    this.release();
    return sent;
  }

  release(): void {
    if (this.#lease.use !== this.#use) return;
    this.#lease.end();
    this.#lender.endLoan(this.#chunk);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #makeView(lease: Lease): unknown {
    const { payload, layout } = this.#types;
    const view =
      payload.kind === "fixed"
        ? payload.view(lease, layout.payloadOffset, true)
        : payload.view(lease, layout.payloadOffset, this.#length, true);
    if (payload.isViewLive) this.#view = view;
    return view;
  }

  #demandLease(): Lease {
    this.#lease.demand(this.#use);
    return this.#lease;
  }
}
