import { ClosedError } from "../../base/general-errors.ts";
import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { Input, PayloadType, SliceType } from "../../payload/meaning.ts";
import type { PublishSubscribePattern } from "../../service/static-config.ts";
import type { BackpressureHandler, DegradationHandler } from "../common/handlers.ts";
import { type Header, type Lender, type Loan, SampleLoan } from "../common/loan.ts";
import type { MessageTypes } from "../common/message-types.ts";
import { MessageWriter, type SendExtras } from "../common/message-writer.ts";
import type { PortEntry } from "../common/port-entry.ts";
import { SendError } from "../common/port-errors.ts";
import type { Sender } from "../common/sender.ts";

export interface PublisherOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** How many loans there may be at the same time. */
  readonly maxLoanedSamples?: number | undefined;
  /**
   * The longest slice that can be loaned at first, in elements; with the allocation strategy "Static" for ever.
   * Payloads of fixed size ignore it.
   */
  readonly initialMaxSliceLen?: number | undefined;
  /** How memory for longer slices is had: not at all, as much as needed, or the next power of two. */
  readonly allocationStrategy?: AllocationStrategy | undefined;
  /** What `send` does about a subscriber without room, in a service without safe overflow. */
  readonly backpressureStrategy?: BackpressureStrategy | undefined;
  /** Decides instead of the strategy, for each connected subscriber without room. */
  readonly backpressureHandler?: BackpressureHandler | undefined;
  /** Decides about connections that cannot be used; without it they are logged. */
  readonly degradationHandler?: DegradationHandler | undefined;
  /**
   * How many chunks to make, from how many the worst case needs: fewer save memory, and a loan can fail with
   * `OutOfMemory` then. Clamped to what makes sense.
   */
  readonly overrideSamplePreallocation?: ((worstCase: number) => number) | undefined;
}

/** () for a fixed payload, (length) for a slice. */
export type LoanArguments<T> = T extends SliceType ? [length: number] : [];
/** Sends samples to all subscribers of its service. */
export interface Publisher<T extends PayloadType, H extends Header = undefined> extends Disposable {
  readonly id: bigint;
  readonly name: string;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
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
  readonly allocationStrategy: AllocationStrategy;
  readonly maxLoanedSamples: number;
  readonly initialMaxSliceLen: number;
}

export class PublisherPort<T extends PayloadType, H extends Header>
  implements Publisher<T, H>, Lender, NodeResource
{
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxLoanedSamples: number;
  readonly initialMaxSliceLen: number;
  readonly describeLoan: () => string;
  readonly #service: ServiceState<PublishSubscribePattern>;
  readonly #writer: MessageWriter;
  readonly #entry: PortEntry;
  readonly #sender: Sender;
  /** What users hold, by chunk. */
  readonly #loans: (SampleLoan<T, H> | undefined)[] = [];
  #closed = false;
  #isGone = false;

  constructor(parts: PublisherParts) {
    this.#service = parts.service;
    this.#writer = new MessageWriter(parts.sender, parts.types, parts.initialMaxSliceLen);
    this.#entry = parts.entry;
    this.#sender = parts.sender;
    this.backpressureStrategy = parts.backpressureStrategy;
    this.allocationStrategy = parts.allocationStrategy;
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
    this.#demandOpen();
    return this.#lend(this.#writer.loan(length, true), length);
  }

  loanUninit(...[length]: LoanArguments<T> | []): Loan<T, H> {
    this.#demandOpen();
    return this.#lend(this.#writer.loan(length, false), length);
  }

  sendCopy(value: Input<T>, extras?: SendExtras<H>): number {
    this.#demandOpen();
    const chunk = this.#writer.loanCopy(value, extras?.userHeader);
    try {
      return this.#sender.send(chunk);
    } finally {
      this.endLoan(chunk);
    }
  }

  updateConnections(): void {
    this.#demandOpen();
    this.#sender.updateConnections();
  }

  send(chunk: number): number {
    if (!this.#closed) return this.#sender.send(chunk);
    const { origin } = this.#entry;
    throw new SendError(
      "ConnectionBrokenSinceSenderNoLongerExists",
      origin,
      `cannot send from ${origin}: it was closed after the loan was made. Release the loan.`,
    );
  }

  endLoan(chunk: number): void {
    this.#loans[chunk] = undefined;
    this.#sender.endLoan(chunk);
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
    this.#sender.pool.remove();
    this.#sender.close();
    this.#entry.remove("sender");
  }

  #demandOpen(): void {
    if (this.#closed) throw new ClosedError(this.#entry.origin);
  }

  #lend(chunk: number, length: number | undefined): Loan<T, H> {
    const loan = new SampleLoan<T, H>(this, this.#writer.types, this.#sender.pool, chunk, length ?? 1);
    this.#loans[chunk] = loan;
    return loan;
  }
}
