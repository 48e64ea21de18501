import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { WaitOptions } from "../../lifecycle/waiting.ts";
import type { Input, PayloadType } from "../../payload/meaning.ts";
import type { BackpressureHandler, DegradationHandler } from "../common/handlers.ts";
import type { Header, Loan, LoanArguments } from "../common/loan.ts";
import type { SendExtras } from "../common/message-writer.ts";
import type { SendingOptions } from "../common/sending-options.ts";
import type { PublishSubscribeEventIds } from "./event-ids.ts";

export interface PublisherOptions extends SendingOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** How many loans there may be at the same time. */
  readonly maxLoanedSamples?: number | undefined;
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
  /**
   * Notifies the event service of the same name, which is created if there is none, of each sample and of coming and
   * going, with the ids of upstream's event_based_communication example or with these; and listens there: a subscriber
   * that comes gets its history at once, and one that took samples lets a waiting `send` go on.
   */
  readonly notify?: boolean | PublishSubscribeEventIds | undefined;
}

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
  /**
   * Waits until every connected subscriber has room and then delivers to all at once. Sends of one publisher are
   * served in the order of the calls; a value is copied when its turn comes.
   *
   * @returns how many subscribers got it.
   * @throws TimeoutError, ClosedError, the signal's reason: nobody got it then, so trying again never duplicates. A
   *   loan stays yours then. Otherwise as `sendCopy` and `Loan.send` do.
   */
  send(value: Input<T> | Loan<T, H>, options?: WaitOptions & SendExtras<H>): Promise<number>;
  /**
   * As `send`, but blocks the thread: for scripts and workers.
   *
   * @param timeout in milliseconds.
   * @throws SendError `UnableToDeliver` if the subscriber without room lives in this very thread; otherwise as `send`.
   */
  sendSync(value: Input<T> | Loan<T, H>, timeout: number, extras?: SendExtras<H>): number;
  /** Connects to subscribers that came since the last send; they get their history at once. */
  updateConnections(): void;
  /** Leaves the service. Loans that are still out can be released, but not sent. */
  close(): void;
}
