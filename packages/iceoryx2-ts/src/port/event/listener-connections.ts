/** The listeners that a notifier is connected to: always those of the service, as far as they could be reached. */
import { log } from "../../base/log.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { BagSnapshot } from "../../lockfree/bag.ts";
import type { EventPattern } from "../../service/messaging-pattern.ts";
import { type PortDetails, readCommonDetails } from "../../service/port-details.ts";
import { EventNotifier } from "../../transport/event-notifier.ts";

export interface ListenerConnection {
  readonly details: PortDetails;
  readonly channel: EventNotifier;
}

export class ListenerConnections {
  readonly #service: ServiceState<EventPattern>;
  readonly #origin: string;
  readonly #listeners: BagSnapshot;
  /** By the id of the listener, in the order of the service's table. */
  #connections: ReadonlyMap<bigint, ListenerConnection> = new Map();
  /** The same, for the hot path. */
  #all: readonly ListenerConnection[] = [];

  constructor(service: ServiceState<EventPattern>, origin: string) {
    this.#service = service;
    this.#origin = origin;
    this.#listeners = new BagSnapshot(service.dynamicConfig.bagA);
  }

  /** Connects to listeners that came and leaves those that went; one atomic load if there are none. */
  update(): readonly ListenerConnection[] {
    if (!this.#listeners.update()) return this.#all;
    const connections = new Map<bigint, ListenerConnection>();
    for (let slot = 0; slot < this.#listeners.capacity; slot++) {
      const entry = this.#listeners.entry(slot);
      if (entry === undefined) continue;
      const details = readCommonDetails(entry);
      const connection = this.#connections.get(details.portId) ?? this.#connect(details);
      if (connection !== undefined) connections.set(details.portId, connection);
    }
    const gone = this.#all.filter(({ details }) => !connections.has(details.portId));
    this.#set(connections);
    for (const { channel } of gone) channel.close();
    return this.#all;
  }

  find(listenerId: bigint): ListenerConnection | undefined {
    return this.#connections.get(listenerId);
  }

  /**
   * Notifies one listener. One that is gone is not connected to again, as long as nothing changes in the service.
   *
   * @returns whether it was reached; why not, if it is not gone, is logged.
   */
  notify({ details, channel }: ListenerConnection, eventId: number): boolean {
    try {
      if (channel.notify(eventId)) return true;
      this.#drop(details.portId);
    } catch (error) {
      log("warn", this.#origin, `listener ${details.portId} could not be notified: ${error}`);
    }
    return false;
  }

  close(): void {
    const all = this.#all;
    this.#set(new Map());
    for (const { channel } of all) channel.close();
  }

  /** A listener that cannot be reached keeps nobody from the others. */
  #connect(details: PortDetails): ListenerConnection | undefined {
    const { node, pattern } = this.#service;
    try {
      const channel = EventNotifier.open(node.os, node.config, details.portId, pattern.eventIdMaxValue);
      return channel && { details, channel };
    } catch (error) {
      log("warn", this.#origin, `it cannot connect to listener ${details.portId}: ${error}`);
      return undefined;
    }
  }

  #drop(listenerId: bigint): void {
    const connections = new Map(this.#connections);
    connections.get(listenerId)?.channel.close();
    connections.delete(listenerId);
    this.#set(connections);
  }

  #set(connections: ReadonlyMap<bigint, ListenerConnection>): void {
    this.#connections = connections;
    this.#all = [...connections.values()];
  }
}
