import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { Input, PayloadType } from "../../payload/meaning.ts";
import type { BackpressureHandler, DegradationHandler } from "../common/handlers.ts";
import type { Header, Loan, LoanArguments } from "../common/loan.ts";
import type { SendExtras } from "../common/message-writer.ts";
import type { SendingOptions } from "../common/sending-options.ts";
import type { PendingResponse } from "./pending-response.ts";

export interface ClientOptions extends SendingOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** How many pending responses there may be at the same time; the service's maximum by default. */
  readonly maxActiveRequests?: number | undefined;
  /** What sending does about a server without room, in a service without safe overflow for requests. */
  readonly backpressureStrategy?: BackpressureStrategy | undefined;
  /** Decides instead of the strategy, for each connected server without room. */
  readonly backpressureHandler?: BackpressureHandler | undefined;
  /** Decides about connections for requests that cannot be used; without it they are logged. */
  readonly requestDegradationHandler?: DegradationHandler | undefined;
  /** Decides about connections for responses that cannot be used; without it they are logged. */
  readonly responseDegradationHandler?: DegradationHandler | undefined;
  /**
   * How many chunks to make, from how many the worst case needs: fewer save memory, and a loan can fail with
   * `OutOfMemory` then. Clamped to what makes sense.
   */
  readonly overrideRequestPreallocation?: ((worstCase: number) => number) | undefined;
}

/** Sends requests to all servers of its service and receives their responses. */
export interface Client<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header = undefined,
  SH extends Header = undefined,
> extends Disposable {
  readonly id: bigint;
  readonly name: string;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxActiveRequests: number;
  readonly initialMaxSliceLen: number;
  readonly closed: boolean;
  /**
   * Memory for one request, zeroed. Its `send` gives the pending response.
   *
   * @throws LoanError `ExceedsMaxLoans`, `ExceedsMaxLoanSize` for a slice that is too long, `OutOfMemory`.
   * @throws ClosedError
   */
  loan(...length: LoanArguments<Q>): Loan<Q, QH, PendingResponse<Q, S, QH, SH>>;
  /** As `loan`, but the payload shows what was there before: for those who write all of it anyway. */
  loanUninit(...length: LoanArguments<Q>): Loan<Q, QH, PendingResponse<Q, S, QH, SH>>;
  /**
   * Copies a value into shared memory and sends it to all servers that are there now. Never waits.
   *
   * @throws RequestSendError `ExceedsMaxActiveRequests` if there are too many pending responses.
   * @throws LoanError, SendError, ClosedError as `loan` and `send` do; PayloadValueError for a value that does not
   *   fit the type.
   */
  sendCopy(value: Input<Q>, extras?: SendExtras<QH>): PendingResponse<Q, S, QH, SH>;
  /** Connects to servers that came, and gives up those that left. */
  updateConnections(): void;
  /**
   * Gives up this handle. Loans can still be sent and pending responses go on; the client leaves the service when the
   * last of them and the last response is released.
   */
  close(): void;
}
