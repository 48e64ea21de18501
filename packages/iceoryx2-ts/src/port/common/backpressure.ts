/** What happens about receivers without room, in services without safe overflow. */
import type { BackpressureStrategy } from "../../config/settings.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { Attempts } from "./attempts.ts";
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
  #obstacle: SenderConnection | undefined;
  /** The one that is left out now and about which the handler said that the send shall fail. */
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

  /** Call it before a message looks for room. */
  begin(): void {
    this.#failure = undefined;
  }

  /**
   * Whether a receiver without room has to be waited for.
   *
   * @param attempts those of the message, if it is one that waits for room.
   */
  isInTheWay(connection: SenderConnection, attempts: Attempts | undefined): boolean {
    const action = this.#decide(connection, attempts);
    if (action === "DiscardDataAndFail") this.#failure = connection;
    if (action !== "Retry") return false;
    this.#obstacle = connection;
    return true;
  }

  /** The last one that had to be waited for. */
  get obstacle(): SenderConnection {
    return this.#obstacle!;
  }

  /** Whether a handler said that the send shall fail because of one that was left out. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** After `hasFailed`. @throws SendError */
  fail(origin: string): never {
    const connection = this.#failure!;
    this.#failure = undefined;
    throw new SendError(
      "UnableToDeliver",
      origin,
      `cannot send from ${origin}: receiver ${connection.receiverId} had no room and was left out, as the back-pressure handler said ("DiscardDataAndFail"). All others got the ${this.#what}.`,
    );
  }

  unableToDeliver(origin: string): SendError {
    const { receiverId, capacity } = this.obstacle;
    return new SendError(
      "UnableToDeliver",
      origin,
      `cannot send from ${origin}: receiver ${receiverId} has no room, ${capacity} ${this.#what}s wait for it already. Send again later, use the strategy "DiscardData", or create the service with a larger buffer or with enableSafeOverflow.`,
    );
  }

  #decide(connection: SenderConnection, attempts: Attempts | undefined): BackpressureAction {
    const action = this.#ask(connection, attempts);
    if (action !== "FollowBackpressureStrategy") return action;
    return this.#strategy === "RetryUntilDelivered" ? "Retry" : "DiscardData";
  }

  /** Asks once per receiver and message, and again as long as the answer is "Retry". */
  #ask(connection: SenderConnection, attempts: Attempts = new Attempts()): BackpressureAction {
    if (this.#handler === undefined) return "FollowBackpressureStrategy";
    const now = this.#service.node.os.monotonicTime();
    const full = attempts.on(connection, now);
    if (full.answer !== undefined && full.answer !== "Retry") return full.answer;
    full.answer = this.#handler({
      serviceId: this.#service.staticConfig.serviceId,
      senderPortId: this.#portId,
      receiverPortId: connection.receiverId,
      retries: full.retries++,
      elapsedTime: Number(now - full.since) / 1e6,
    });
    return full.answer;
  }
}
