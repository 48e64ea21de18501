import { ClosedError, InvalidArgumentError } from "../../base/general-errors.ts";
import type { BackpressureStrategy } from "../../config/settings.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { FixedType, Input, PayloadType, SliceType } from "../../payload/meaning.ts";
import type { PublishSubscribePattern } from "../../service/static-config.ts";
import type { PortEntry } from "../common/port-entry.ts";
import { LoanError, SendError } from "../common/port-errors.ts";
import type { Sender } from "../common/sender.ts";
import { type Header, type Lender, type Loan, SampleLoan } from "./loan.ts";
import type { MessageTypes } from "./message-types.ts";
import { writeNumberOfElements } from "./sample-header.ts";

export interface PublisherOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** How many loans there may be at the same time. */
  readonly maxLoanedSamples?: number | undefined;
  /** The longest slice that can be loaned, in elements. Payloads of fixed size ignore it. */
  readonly initialMaxSliceLen?: number | undefined;
  /** What `send` does about a subscriber without room, in a service without safe overflow. */
  readonly backpressureStrategy?: BackpressureStrategy | undefined;
}

/** () for a fixed payload, (length) for a slice. */
export type LoanArguments<T> = T extends SliceType ? [length: number] : [];
/** What goes with a sample beside its payload. */
export interface SendExtras<H> {
  readonly userHeader?: (H extends FixedType ? Input<H> : undefined) | undefined;
}

/** Sends samples to all subscribers of its service. */
export interface Publisher<T extends PayloadType, H extends Header = undefined> extends Disposable {
  readonly id: bigint;
  readonly name: string;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly maxLoanedSamples: number;
  readonly initialMaxSliceLen: number;
  readonly closed: boolean;
  /**
   * Memory for one sample, zeroed.
   *
   * @throws LoanError `ExceedsMaxLoans`, `ExceedsMaxLoanSize` for a slice that is too long, `OutOfMemory`.
   * @throws ClosedError
   */
  loan(...length: LoanArguments<T>): Loan<T, H>;
  /** As `loan`, but the payload shows what was there before: for those who write all of it anyway. */
  loanUninit(...length: LoanArguments<T>): Loan<T, H>;
  /**
   * Copies a value into shared memory and delivers it. Never waits.
   *
   * @returns how many subscribers got it.
   * @throws LoanError, SendError, ClosedError as `loan` and `send` do; PayloadValueError for a value that does not
   *   fit the type.
   */
  sendCopy(value: Input<T>, extras?: SendExtras<H>): number;
  /** Connects to subscribers that came since the last send; they get their history at once. */
  updateConnections(): void;
  /** Leaves the service. Loans that are still out can be released, but not sent. */
  close(): void;
}

/** What `createPublisher` put together. */
export interface PublisherParts {
  readonly service: ServiceState<PublishSubscribePattern>;
  readonly types: MessageTypes;
  readonly entry: PortEntry;
  readonly sender: Sender;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly maxLoanedSamples: number;
  readonly initialMaxSliceLen: number;
}

export class PublisherPort<T extends PayloadType, H extends Header>
  implements Publisher<T, H>, Lender, NodeResource
{
  readonly backpressureStrategy: BackpressureStrategy;
  readonly maxLoanedSamples: number;
  readonly initialMaxSliceLen: number;
  readonly describeLoan: () => string;
  readonly #service: ServiceState<PublishSubscribePattern>;
  readonly #types: MessageTypes;
  readonly #entry: PortEntry;
  readonly #sender: Sender;
  /** What users hold, by bucket. */
  readonly #loans: (SampleLoan<T, H> | undefined)[];
  #closed = false;
  #isGone = false;

  constructor(parts: PublisherParts) {
    this.#service = parts.service;
    this.#types = parts.types;
    this.#entry = parts.entry;
    this.#sender = parts.sender;
    this.#loans = new Array<SampleLoan<T, H> | undefined>(parts.sender.segment.numberOfBuckets).fill(
      undefined,
    );
    this.backpressureStrategy = parts.backpressureStrategy;
    this.maxLoanedSamples = parts.maxLoanedSamples;
    this.initialMaxSliceLen = parts.initialMaxSliceLen;
    this.describeLoan = () => `the loan of ${parts.entry.origin}`;
    this.#service.node.adopt(this);
  }

  get id(): bigint {
    return this.#entry.id;
  }

  get name(): string {
    return this.#entry.name;
  }

  get closed(): boolean {
    return this.#closed;
  }

  loan(...[length]: LoanArguments<T> | []): Loan<T, H> {
    const elements = length ?? 1;
    const bucket = this.#loanChunk(length);
    const { layout } = this.#types;
    const { segment } = this.#sender;
    const start = segment.bucketOffset(bucket) + layout.payloadOffset;
    segment.region.bytes.fill(0, start, start + elements * layout.elementStride);
    return this.#lend(bucket, elements);
  }

  loanUninit(...[length]: LoanArguments<T> | []): Loan<T, H> {
    const bucket = this.#loanChunk(length);
    return this.#lend(bucket, length ?? 1);
  }

  sendCopy(value: Input<T>, extras?: SendExtras<H>): number {
    const { payload, layout, userHeader } = this.#types;
    const length = payload.kind === "fixed" ? undefined : payload.lengthOf(value);
    const bucket = this.#loanChunk(length);
    try {
      const { segment } = this.#sender;
      const { view } = segment.region;
      const chunk = segment.bucketOffset(bucket);
      // A hostile value may have another length by now; what it writes must not leave the chunk.
      payload.write(view, chunk + layout.payloadOffset, value, length);
      if (extras?.userHeader !== undefined) {
        userHeader?.write(view, chunk + layout.userHeaderOffset, extras.userHeader);
      }
      return this.#sender.send(bucket);
    } finally {
      this.endLoan(bucket);
    }
  }

  updateConnections(): void {
    this.#demandOpen();
    this.#sender.updateConnections();
  }

  send(bucket: number): number {
    if (!this.#closed) return this.#sender.send(bucket);
    const { origin } = this.#entry;
    throw new SendError(
      "ConnectionBrokenSinceSenderNoLongerExists",
      origin,
      `cannot send from ${origin}: it was closed after the loan was made. Release the loan.`,
    );
  }

  endLoan(bucket: number): void {
    this.#loans[bucket] = undefined;
    this.#sender.endLoan(bucket);
    if (this.#closed) this.#removeWhenIdle();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#entry.deregister();
    this.#removeWhenIdle();
  }

  closeWithNode(): void {
    this.close();
    for (const loan of this.#loans) loan?.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The memory stays as long as somebody may write into it. */
  #removeWhenIdle(): void {
    if (this.#sender.loans > 0 || this.#isGone) return;
    this.#isGone = true;
    this.#service.node.disown(this);
    this.#sender.segment.remove();
    this.#sender.close();
    this.#entry.remove("sender");
  }

  #demandOpen(): void {
    if (this.#closed) throw new ClosedError(this.#entry.origin);
  }

  /** @param length of a slice; undefined for a payload of fixed size. */
  #loanChunk(length: number | undefined): number {
    this.#demandOpen();
    if (this.#types.payload.kind === "slice") this.#checkLength(length);
    const bucket = this.#sender.loan();
    const { layout, userHeaderSize } = this.#types;
    if (length === undefined && userHeaderSize === 0) return bucket;
    const { segment } = this.#sender;
    const chunk = segment.bucketOffset(bucket);
    if (length !== undefined) writeNumberOfElements(segment.region.view, chunk, length);
    const userHeader = chunk + layout.userHeaderOffset;
    segment.region.bytes.fill(0, userHeader, userHeader + userHeaderSize);
    return bucket;
  }

  #lend(bucket: number, elements: number): Loan<T, H> {
    const loan = new SampleLoan<T, H>(this, this.#types, this.#sender.segment, bucket, elements);
    this.#loans[bucket] = loan;
    return loan;
  }

  #checkLength(length: number | undefined): void {
    const { origin } = this.#entry;
    if (!(Number.isInteger(length) && length! >= 0)) {
      throw new InvalidArgumentError(
        origin,
        `cannot loan a slice of ${length} elements from ${origin}: the length must be an integer from 0 on.`,
      );
    }
    if (length! <= this.initialMaxSliceLen) return;
    throw new LoanError(
      "ExceedsMaxLoanSize",
      origin,
      `cannot loan a slice of ${length} elements from ${origin}: it can have ${this.initialMaxSliceLen} at most (initialMaxSliceLen: ${this.initialMaxSliceLen}). Create the publisher with a larger initialMaxSliceLen.`,
    );
  }
}
