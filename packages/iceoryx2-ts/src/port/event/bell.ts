/** Notifies listeners of an event service that goes with another service, as a convenience: nothing depends on it. */
import { log } from "../../base/log.ts";
import type { NodeState } from "../../lifecycle/node-state.ts";
import type { PortDetails } from "../../service/port-details.ts";
import { createNotifier } from "./create-notifier.ts";
import type { NotifierPort } from "./notifier.ts";
import { openOrCreateEvents } from "./paired-events.ts";

export class Bell {
  readonly #origin: string;
  readonly #eventId: number;
  readonly #notifier: NotifierPort;
  #hasWarned = false;

  /**
   * @param origin the port that notifies.
   * @throws EventOpenError, EventCreateError, NotifierCreateError and others; nothing stays then.
   */
  constructor(node: NodeState, eventService: string, origin: string, eventId: number) {
    this.#origin = origin;
    this.#eventId = eventId;
    const service = openOrCreateEvents(node, eventService, eventId);
    try {
      this.#notifier = createNotifier(service, {}) as NotifierPort;
    } finally {
      service.release();
    }
    // It goes with the port that notifies.
    node.disown(this.#notifier);
  }

  ringAll(): void {
    this.#attempt(() => this.#notifier.notify(this.#eventId));
  }

  /** Notifies the first listener that is chosen. @returns whether there is one. */
  ring(choose: (listener: PortDetails) => boolean): boolean {
    return this.#attempt(() => this.#notifier.notifyFirst(choose, this.#eventId)) ?? false;
  }

  close(): void {
    this.#notifier.close();
  }

  /** What fails is logged, once. */
  #attempt<T>(notify: () => T): T | undefined {
    if (this.#notifier.closed) return undefined;
    try {
      return notify();
    } catch (error) {
      if (!this.#hasWarned) log("warn", this.#origin, `it could not notify: ${error}`);
      this.#hasWarned = true;
      return undefined;
    }
  }
}
