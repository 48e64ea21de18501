import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { WaitOptions } from "../../lifecycle/waiting.ts";
import type { Input, PayloadType, Value } from "../../payload/meaning.ts";
import type { BackpressureHandler, DegradationHandler } from "../common/handlers.ts";
import type { Header, Loan, LoanArguments } from "../common/loan.ts";
import type { SendExtras } from "../common/message-writer.ts";
import type { SendingOptions } from "../common/sending-options.ts";
import type { CallOptions } from "./calls.ts";
import type { PendingResponse } from "./pending-response.ts";
import type { Response } from "./response.ts";

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
  /**
   * Wakes the servers that wait for requests by events, as upstream's example request_response_with_events:
   * creates the event services "<name>/server" and "<name>/client" if they are not there. `true` sends the event id 0,
   * a number that id.
   */
  readonly notify?: boolean | number | undefined;
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
  /**
   * Sends a request to all servers and waits for the first response, whichever server it comes from; the others see
   * that nobody waits any more. Where this client has no room for another request or loan, or a server none for the
   * request, calls wait in order; a value is copied when its turn comes.
   *
   * @param options `timeout` covers all of it, in milliseconds.
   * @returns a plain copy of the response.
   * @throws CallError `NoServer`; `NoResponse` if all servers ended without responding; `PeerDied` if the last one that
   *   had the request died. @throws TimeoutError, the signal's reason; ClosedError when the client is closed meanwhile,
   *   or SIGINT or SIGTERM comes. @throws LoanError, SendError, PayloadValueError as `sendCopy`.
   */
  call(value: Input<Q>, options?: CallOptions<QH>): Promise<Value<S>>;
  /**
   * Sends a request, as `call`, when the loop begins, and gives all responses as they come. The loop owns them: each is
   * released when the next one is asked for and when the loop ends, unless `keep()` was called on it. Leaving the loop
   * tells the servers.
   *
   * It ends when all servers have ended their streams; without any response, too.
   *
   * @param options `timeout` counts anew for each response, in milliseconds.
   * @throws in the loop, as `call`; but `PeerDied` only if the last server that went on died. @throws ReceiveError
   *   `ExceedsMaxBorrows` if too many responses are kept.
   */
  stream(value: Input<Q>, options?: CallOptions<QH>): AsyncIterableIterator<Response<S, SH>>;
  /**
   * Waits until there is a server.
   *
   * @returns false if the time passed without one, and when the client is closed or SIGINT or SIGTERM comes meanwhile.
   * @throws the signal's reason when it is aborted; ClosedError
   */
  waitForServer(options?: WaitOptions): Promise<boolean>;
  /** Connects to servers that came, and gives up those that left. */
  updateConnections(): void;
  /**
   * Gives up this handle. Loans can still be sent and pending responses go on; the client leaves the service when the
   * last of them and the last response is released.
   */
  close(): void;
}
