/** What happens about receivers without room, in services without safe overflow. */
import type { BackpressureStrategy } from "../../config/settings.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { BackpressureAction, BackpressureHandler } from "./handlers.ts";
import { SendError } from "./port-errors.ts";
import type { SenderConnection } from "./sender-connection.ts";

export interface BackpressureOptions {
  /** What is sent, such as "sample". */
  readonly what: string;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly backpressureHandler?: BackpressureHandler | undefined;
}

export class Backpressure {
  /** Whether a receiver without room can be more than left out. */
  readonly mayRefuse: boolean;
  readonly #service: ServiceState;
  readonly #portId: bigint;
  readonly #what: string;
  readonly #strategy: BackpressureStrategy;
  readonly #handler: BackpressureHandler | undefined;
  /** Those that the handler was asked about for the present message. */
  readonly #asked: Set<SenderConnection> = new Set();
  #obstacle: SenderConnection | undefined;
  /** The one about which the handler said that the send shall fail. */
  #failure: SenderConnection | undefined;

  constructor(service: ServiceState, portId: bigint, options: BackpressureOptions) {
    const { backpressureStrategy, backpressureHandler } = options;
    this.#service = service;
    this.#portId = portId;
    this.#what = options.what;
    this.#strategy = backpressureStrategy;
    this.#handler = backpressureHandler;
    this.mayRefuse = backpressureStrategy === "RetryUntilDelivered" || backpressureHandler !== undefined;
  }

  /** Whether a receiver without room has to be waited for. */
  isInTheWay(connection: SenderConnection): boolean {
    const action = this.#decide(connection);
    if (action === "DiscardDataAndFail") this.#failure = connection;
    if (action !== "Retry") return false;
    this.#obstacle = connection;
    return true;
  }

  /** The last one that had to be waited for. */
  get obstacle(): SenderConnection {
    return this.#obstacle!;
  }

  /** It has room now. */
  forget(connection: SenderConnection): void {
    connection.retries = 0;
  }

  /** Ends the present message. @throws SendError if a handler said so about one that was left out. */
  failIfAsked(origin: string): void {
    this.#endMessage();
    const connection = this.#failure;
    if (connection === undefined) return;
    this.#failure = undefined;
    throw new SendError(
      "UnableToDeliver",
      origin,
      `cannot send from ${origin}: receiver ${connection.receiverId} had no room and was left out, as the back-pressure handler said ("DiscardDataAndFail"). All others got the ${this.#what}.`,
    );
  }

  unableToDeliver(origin: string): SendError {
    this.#endMessage();
    const { receiverId, capacity } = this.obstacle;
    return new SendError(
      "UnableToDeliver",
      origin,
      `cannot send from ${origin}: receiver ${receiverId} has no room, ${capacity} ${this.#what}s wait for it already. Send again later, use the strategy "DiscardData", or create the service with a larger buffer or with enableSafeOverflow.`,
    );
  }

  /** The next message begins anew, also with those that still have no room. */
  #endMessage(): void {
    if (this.#asked.size === 0) return;
    for (const connection of this.#asked) this.forget(connection);
    this.#asked.clear();
  }

  #decide(connection: SenderConnection): BackpressureAction {
    const action = this.#ask(connection);
    if (action !== "FollowBackpressureStrategy") return action;
    return this.#strategy === "RetryUntilDelivered" ? "Retry" : "DiscardData";
  }

  #ask(connection: SenderConnection): BackpressureAction {
    if (this.#handler === undefined) return "FollowBackpressureStrategy";
    const now = this.#service.node.os.monotonicTime();
    if (connection.retries === 0) {
      connection.fullSince = now;
      this.#asked.add(connection);
    }
    return this.#handler({
      serviceId: this.#service.staticConfig.serviceId,
      senderPortId: this.#portId,
      receiverPortId: connection.receiverId,
      retries: connection.retries++,
      elapsedTime: Number(now - connection.fullSince) / 1e6,
    });
  }
}
