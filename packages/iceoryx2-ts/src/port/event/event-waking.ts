/** Waking whoever waits at a port by a listener of its own, on an event service that may not be there yet. */
import { log } from "../../base/log.ts";
import type { NodeState } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { EventPattern } from "../../service/messaging-pattern.ts";
import type { Waking } from "../common/message-loop.ts";
import { createListener } from "./create-listener.ts";
import type { ListenerPort } from "./listener.ts";
import { findEvents, openOrCreateEvents } from "./paired-events.ts";

/** How often to look for an event service that is not there, in nanoseconds. */
const SEARCH_INTERVAL = 1_000_000_000n;
const NEVER: bigint = 2n ** 62n;

export class EventWaking implements Waking {
  readonly #node: NodeState;
  readonly #eventService: string;
  readonly #origin: string;
  readonly #listenerName: string;
  readonly #wakes: Set<() => void> = new Set();
  #listener: ListenerPort | undefined;
  #unsubscribe: (() => void) | undefined;
  #nextSearch = 0n;
  #hasWarned = false;
  #isClosed = false;

  /** @param origin the port that is woken. */
  constructor(node: NodeState, eventService: string, origin: string, listenerName: string) {
    this.#node = node;
    this.#eventService = eventService;
    this.#origin = origin;
    this.#listenerName = listenerName;
  }

  /** The id of the listener, if there is one. */
  get listenerId(): bigint | undefined {
    return this.#listener?.id;
  }

  /** Creates the event service if it is not there. @throws as `openOrCreateEvents`; ListenerCreateError */
  open(largestId: number): void {
    this.#join(openOrCreateEvents(this.#node, this.#eventService, largestId));
  }

  async prepare(isOnlyWay: boolean): Promise<void> {
    if (this.#isSearchDue) await this.#search();
    if (this.#listener === undefined && isOnlyWay && !this.#isClosed) this.open(0);
  }

  noteTaken(): void {}

  /** What was notified is taken when it comes, before anybody is woken. */
  settle(): void {
    if (this.#isSearchDue) void this.#search();
  }

  subscribe(wake: () => void): () => void {
    this.settle();
    this.#wakes.add(wake);
    this.#listen();
    return () => {
      this.#wakes.delete(wake);
      if (this.#wakes.size > 0) return;
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
    this.#listener?.close();
  }

  #listen(): void {
    if (this.#wakes.size === 0 || this.#isClosed) return;
    this.#unsubscribe ??= this.#listener?.subscribe(() => this.#wakeAll());
  }

  #wakeAll(): void {
    try {
      this.#listener?.tryWait();
    } catch (error) {
      if (!this.#hasWarned) log("warn", this.#origin, `it could not take its events: ${error}`);
      this.#hasWarned = true;
    }
    for (const wake of [...this.#wakes]) wake();
  }

  get #isSearchDue(): boolean {
    if (this.#listener !== undefined || this.#isClosed) return false;
    return this.#node.os.monotonicTime() >= this.#nextSearch;
  }

  async #search(): Promise<void> {
    this.#nextSearch = this.#node.os.monotonicTime() + SEARCH_INTERVAL;
    try {
      await findEvents(this.#node, this.#eventService, this.#origin, 0, (service) => this.#join(service));
    } catch {
      // It does not fit and was logged; it never will.
      this.#nextSearch = NEVER;
    }
  }

  #join(service: ServiceState<EventPattern>): void {
    try {
      if (this.#isClosed || this.#listener !== undefined) return;
      const listener = createListener(service, { name: this.#listenerName }) as ListenerPort;
      // It goes with the port that is woken.
      this.#node.disown(listener);
      this.#listener = listener;
      this.#listen();
    } finally {
      service.release();
    }
  }
}
