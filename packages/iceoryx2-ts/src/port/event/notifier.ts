import { ClosedError, InvalidArgumentError } from "../../base/general-errors.ts";
import { log } from "../../base/log.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { EventDeadline, EventPattern } from "../../service/messaging-pattern.ts";
import type { PortDetails } from "../../service/port-details.ts";
import type { PortEntry } from "../common/port-entry.ts";
import { NotifierNotifyError } from "./event-port-errors.ts";
import type { ListenerConnection, ListenerConnections } from "./listener-connections.ts";

export interface NotifierOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** The id that `notify` sends when it is given none; 0 by default. */
  readonly defaultEventId?: number | undefined;
}

/** Wakes the listeners of its service. */
export interface Notifier extends Disposable {
  readonly id: bigint;
  readonly name: string;
  readonly defaultEventId: number;
  /** The longest time between two notifications that the service allows, in milliseconds; undefined: any. */
  readonly deadline: number | undefined;
  readonly closed: boolean;
  /**
   * Notifies all listeners. Makes a system call only for listeners that have taken what was notified before.
   *
   * @returns how many there are.
   * @throws NotifierNotifyError `EventIdOutOfBounds`; `MissedDeadline` when the notification came too late, but all
   *   listeners were notified. @throws ClosedError
   */
  notify(eventId?: number): number;
  /** The listeners that there are now, to notify one of them. @throws ClosedError */
  listeners(): ConnectedListener[];
  /** Connects to listeners that came since the last notification. */
  updateConnections(): void;
  /** Leaves the service; sends its `notifierDroppedEvent` before. */
  close(): void;
}

/** A listener as a notifier sees it. */
export interface ConnectedListener extends PortDetails {
  /**
   * Notifies this listener alone.
   *
   * @throws NotifierNotifyError as `Notifier.notify`, and `InvalidListenerKey` when it is gone. @throws ClosedError
   */
  notify(eventId?: number): void;
}

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MILLISECOND = 1e6;

export class NotifierPort implements Notifier, NodeResource {
  readonly defaultEventId: number;
  readonly #service: ServiceState<EventPattern>;
  readonly #entry: PortEntry;
  readonly #connections: ListenerConnections;
  readonly #deadline: EventDeadline | undefined;
  #closed = false;

  constructor(
    service: ServiceState<EventPattern>,
    entry: PortEntry,
    connections: ListenerConnections,
    defaultEventId: number,
  ) {
    this.defaultEventId = defaultEventId;
    this.#service = service;
    this.#entry = entry;
    this.#connections = connections;
    this.#deadline = service.pattern.deadline;
    service.node.adopt(this);
    this.#tell("notifierCreatedEvent");
  }

  get id(): bigint {
    return this.#entry.id;
  }

  get name(): string {
    return this.#entry.name;
  }

  get deadline(): number | undefined {
    return this.#deadline?.value;
  }

  get closed(): boolean {
    return this.#closed;
  }

  notify(eventId: number = this.defaultEventId): number {
    this.#demandOpen();
    this.#checkEventId(eventId);
    let notified = 0;
    for (const connection of this.#connections.update()) {
      if (this.#connections.notify(connection, eventId)) notified++;
    }
    if (this.#deadline !== undefined) this.#checkDeadline(this.#deadline);
    return notified;
  }

  /** As `notify`, but leaves one listener alone: the notifier's own twin. */
  notifyOthers(exceptListenerId: bigint, eventId: number): void {
    if (this.#closed) return;
    this.#checkEventId(eventId);
    for (const connection of this.#connections.update()) {
      if (connection.details.portId !== exceptListenerId) this.#connections.notify(connection, eventId);
    }
    if (this.#deadline !== undefined) this.#checkDeadline(this.#deadline);
  }

  /** As `notify`, but only the first listener that is chosen. @returns whether there is one. */
  notifyFirst(choose: (listener: PortDetails) => boolean, eventId: number): boolean {
    this.#checkEventId(eventId);
    for (const connection of this.#connections.update()) {
      if (choose(connection.details)) return this.#connections.notify(connection, eventId);
    }
    return false;
  }

  listeners(): ConnectedListener[] {
    this.#demandOpen();
    return this.#connections.update().map((connection) => this.#toConnectedListener(connection));
  }

  updateConnections(): void {
    this.#demandOpen();
    this.#connections.update();
  }

  close(): void {
    if (this.#closed) return;
    this.#tell("notifierDroppedEvent");
    this.#closed = true;
    this.#service.node.disown(this);
    this.#entry.deregister();
    this.#connections.close();
    this.#entry.remove();
  }

  closeWithNode(): void {
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #toConnectedListener({ details }: ListenerConnection): ConnectedListener {
    return {
      ...details,
      notify: (eventId = this.defaultEventId) => this.#notifyOne(details.portId, eventId),
    };
  }

  #notifyOne(listenerId: bigint, eventId: number): void {
    this.#demandOpen();
    this.#checkEventId(eventId);
    this.#connections.update();
    const connection = this.#connections.find(listenerId);
    if (connection === undefined || !this.#connections.notify(connection, eventId)) {
      throw this.#notNotified(
        "InvalidListenerKey",
        `listener ${listenerId} is gone. Ask for the listeners again.`,
      );
    }
    if (this.#deadline !== undefined) this.#checkDeadline(this.#deadline);
  }

  /** One of the events that every notifier of the service sends by itself. */
  #tell(event: "notifierCreatedEvent" | "notifierDroppedEvent"): void {
    const eventId = this.#service.pattern[event];
    if (eventId === undefined) return;
    try {
      this.notify(eventId);
    } catch (error) {
      const isLate =
        error instanceof NotifierNotifyError &&
        (error.code === "MissedDeadline" || error.code === "UnableToAcquireElapsedTime");
      if (!isLate) log("warn", this.#entry.origin, `its ${event} could not be sent: ${error}`);
    }
  }

  /** The time between two notifications of the service, whoever sends them. */
  #checkDeadline({ creationTime, value }: EventDeadline): void {
    const { seconds, nanoseconds, clockType } = creationTime;
    if (clockType !== "Monotonic") {
      throw new NotifierNotifyError(
        "UnableToAcquireElapsedTime",
        this.#entry.origin,
        `${this.#entry.origin} notified all listeners, but cannot tell whether the deadline of ${value} ms was missed: the service was created by the ${clockType} clock.`,
      );
    }
    const created = seconds * NANOSECONDS_PER_SECOND + BigInt(nanoseconds);
    const now = this.#service.node.os.monotonicTime() - created;
    const before = this.#service.dynamicConfig.noteNotification(now);
    const elapsed = Number(now - before) / NANOSECONDS_PER_MILLISECOND;
    if (elapsed <= value) return;
    throw new NotifierNotifyError(
      "MissedDeadline",
      this.#entry.origin,
      `${this.#entry.origin} notified all listeners, but too late: the service wants a notification every ${value} ms, and there was none for ${elapsed} ms.`,
    );
  }

  #checkEventId(eventId: number): void {
    const { eventIdMaxValue } = this.#service.pattern;
    if (eventId >= 0 && eventId <= eventIdMaxValue && Number.isInteger(eventId)) return;
    if (!(Number.isInteger(eventId) && eventId >= 0)) {
      const { origin } = this.#entry;
      const message = `cannot notify from ${origin}: the event id is ${eventId}, but must be an integer from 0 on.`;
      throw new InvalidArgumentError(origin, message);
    }
    throw this.#notNotified(
      "EventIdOutOfBounds",
      `the event id is ${eventId}, but the largest is ${eventIdMaxValue} (eventIdMaxValue: ${eventIdMaxValue}). Use a smaller one, or create the service with a larger eventIdMaxValue.`,
    );
  }

  #notNotified(code: "EventIdOutOfBounds" | "InvalidListenerKey", reason: string): NotifierNotifyError {
    const { origin } = this.#entry;
    return new NotifierNotifyError(code, origin, `cannot notify from ${origin}: ${reason}`);
  }

  #demandOpen(): void {
    if (this.#closed) throw new ClosedError(this.#entry.origin);
  }
}
