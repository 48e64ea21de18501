import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { BackpressureHandler, DegradationHandler } from "../common/handlers.ts";
import type { Header } from "../common/loan.ts";
import type { LoopOptions } from "../common/message-loop.ts";
import type { SendingOptions } from "../common/sending-options.ts";
import type { ActiveRequest } from "./active-request.ts";
import type { RequestHandler, ServeOptions } from "./serving.ts";

export interface ServerOptions extends SendingOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** How many responses to one request may be on loan at the same time. */
  readonly maxLoanedResponsesPerRequest?: number | undefined;
  /** What sending does about a client without room, in a service without safe overflow for responses. */
  readonly backpressureStrategy?: BackpressureStrategy | undefined;
  /** Decides instead of the strategy, for each client without room. */
  readonly backpressureHandler?: BackpressureHandler | undefined;
  /** Decides about connections for requests that cannot be used; without it they are logged. */
  readonly requestDegradationHandler?: DegradationHandler | undefined;
  /** Decides about connections for responses that cannot be used; without it they are logged. */
  readonly responseDegradationHandler?: DegradationHandler | undefined;
  /**
   * How many chunks to make, from how many the worst case needs: fewer save memory, and a loan can fail with
   * `OutOfMemory` then. Clamped to what makes sense.
   */
  readonly overrideResponsePreallocation?: ((worstCase: number) => number) | undefined;
  /**
   * Wakes the clients that wait for responses by events, as upstream's example request_response_with_events:
   * creates the event services "<name>/server" and "<name>/client" if they are not there. `true` sends the event id 0,
   * a number that id.
   */
  readonly notify?: boolean | number | undefined;
}

/** Receives the requests of all clients of its service and answers them. */
export interface Server<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header = undefined,
  SH extends Header = undefined,
> extends Disposable,
    AsyncIterable<ActiveRequest<Q, S, QH, SH>> {
  readonly id: bigint;
  readonly name: string;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxLoanedResponsesPerRequest: number;
  readonly initialMaxSliceLen: number;
  readonly closed: boolean;
  /**
   * The oldest waiting request of the first client that has one, or undefined. Release it when it is answered.
   *
   * Without fire-and-forget requests those that were given up meanwhile are left out.
   *
   * @throws ReceiveError `ExceedsMaxBorrows` if requests wait, but too many are active; nothing is lost.
   * @throws ClosedError
   */
  receive(): ActiveRequest<Q, S, QH, SH> | undefined;
  /** Whether requests wait. Also connects to clients that came. */
  hasRequests(): boolean;
  /**
   * The requests as they come. The loop owns them: each is released, which ends its responses, when the next one is
   * asked for and when the loop ends, unless `keep()` was called on it. It connects to new clients while it waits.
   *
   * It ends when `timeout` passes without a request, and when the server is closed.
   *
   * @throws the signal's reason when it is aborted; ReceiveError as `receive`; AlreadyWaitingError, ClosedError
   */
  requests(options?: LoopOptions): AsyncIterableIterator<ActiveRequest<Q, S, QH, SH>>;
  /**
   * Answers requests by a function until the server is closed, `signal` is aborted, or no request comes within
   * `timeout`; then waits until all handlers have ended.
   *
   * The handler returns the response, a promise of it, or a generator of several, of either kind: an object with `next`
   * is a stream, everything else a value. It may as well send by itself and return nothing. The stream of responses
   * ends when the handler is done, unless it called `keep()` on the request. Responses wait until the client has room.
   *
   * The handler's signal is aborted when the client waits no more; from the beginning for a request whose client never
   * waited. What a handler throws goes to `onError` and ends the stream.
   *
   * @throws InvalidArgumentError, AlreadyWaitingError, ClosedError; ReceiveError if a handler asked for it; what
   *   `onError` throws.
   */
  serve(handler: RequestHandler<Q, S, QH, SH>, options?: ServeOptions<Q, S, QH, SH>): Promise<void>;
  /** Connects to clients that came, and gives up those that left. */
  updateConnections(): void;
  /**
   * Gives up this handle. Active requests and loans go on; the server leaves the service when the last of them is
   * released.
   */
  close(): void;
}
