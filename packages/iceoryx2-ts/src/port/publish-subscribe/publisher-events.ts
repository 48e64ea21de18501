/** What a publisher tells subscribers by events, and what it does about theirs. */
import { log } from "../../base/log.ts";
import type { NodeState } from "../../lifecycle/node-state.ts";
import { PairedEvents } from "../event/paired-events.ts";
import { type EventIds, largestOf } from "./event-ids.ts";

export interface PublisherReactions {
  /** A subscriber came: it wants to be connected to. @returns whether it may have got old samples. */
  onSubscriberConnected(): boolean;
  /** A subscriber took what was there: there is room again. */
  onReceivedSample(): void;
}

export class PublisherEvents {
  readonly #origin: string;
  readonly #ids: EventIds;
  readonly #paired: PairedEvents;
  #unsubscribe: () => void = () => {};

  /** @throws as `PairedEvents.openOrCreate` */
  constructor(node: NodeState, serviceName: string, origin: string, ids: EventIds) {
    this.#origin = origin;
    this.#ids = ids;
    this.#paired = PairedEvents.openOrCreate(node, serviceName, origin, largestOf(ids));
  }

  /** The publisher is there for others. */
  start(reactions: PublisherReactions): void {
    // Nobody waits here; that somebody may come keeps no process alive.
    this.#paired.unref();
    this.#unsubscribe = this.#paired.subscribe(() => this.#react(reactions));
    this.#paired.tell(this.#ids.publisherConnected);
  }

  sentSample(): void {
    this.#paired.tell(this.#ids.sentSample);
  }

  /** @param tells whether anybody ever knew of the publisher. */
  close(tells: boolean): void {
    this.#unsubscribe();
    if (tells) this.#paired.tell(this.#ids.publisherDisconnected);
    this.#paired.close();
  }

  #react({ onSubscriberConnected, onReceivedSample }: PublisherReactions): void {
    try {
      for (const { id } of this.#paired.take()) {
        if (id === this.#ids.subscriberConnected && onSubscriberConnected()) {
          this.#paired.tell(this.#ids.sentHistory);
        }
        if (id === this.#ids.receivedSample) onReceivedSample();
      }
    } catch (error) {
      log("warn", this.#origin, `it could not react to an event: ${error}`);
    }
  }
}
