/** What wakes a subscriber that waits, and what it tells publishers by events. */
import type { NodeState } from "../../lifecycle/node-state.ts";
import type { Waking } from "../common/message-loop.ts";
import { PairedEvents } from "../event/paired-events.ts";
import { type EventIds, largestOf } from "./event-ids.ts";

/** How often to look for an event service that is not there, in nanoseconds. */
const SEARCH_INTERVAL = 1_000_000_000n;

export class SubscriberEvents implements Waking {
  readonly #node: NodeState;
  readonly #serviceName: string;
  readonly #origin: string;
  readonly #ids: EventIds;
  #paired: PairedEvents | undefined;
  /** Of the wait that is pending. */
  #wake: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;
  #nextSearch = 0n;
  #hasTaken = false;
  #isClosed = false;

  constructor(node: NodeState, serviceName: string, origin: string, ids: EventIds) {
    this.#node = node;
    this.#serviceName = serviceName;
    this.#origin = origin;
    this.#ids = ids;
  }

  async prepare(isOnlyWay: boolean): Promise<void> {
    if (this.#isSearchDue) await this.#search();
    if (this.#paired !== undefined || !isOnlyWay || this.#isClosed) return;
    const largestId = largestOf(this.#ids);
    this.#join(PairedEvents.openOrCreate(this.#node, this.#serviceName, this.#origin, largestId));
  }

  noteTaken(): void {
    this.#hasTaken = true;
  }

  /** What was notified stands for samples that were looked for before; those that come later notify again. */
  settle(): void {
    if (this.#isSearchDue) void this.#search();
    if (this.#paired === undefined) return;
    this.#paired.take();
    if (!this.#hasTaken) return;
    this.#hasTaken = false;
    this.#paired.tell(this.#ids.receivedSample);
  }

  subscribe(wake: () => void): () => void {
    this.#wake = wake;
    this.#unsubscribe = this.#paired?.subscribe(wake);
    return () => {
      this.#wake = undefined;
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    };
  }

  close(): void {
    this.#isClosed = true;
    if (this.#paired === undefined) return;
    this.#paired.tell(this.#ids.subscriberDisconnected);
    this.#paired.close();
  }

  get #isSearchDue(): boolean {
    return this.#paired === undefined && this.#node.os.monotonicTime() >= this.#nextSearch;
  }

  async #search(): Promise<void> {
    this.#nextSearch = this.#node.os.monotonicTime() + SEARCH_INTERVAL;
    const found = await this.#find();
    if (found === undefined) return;
    if (this.#isClosed || this.#paired !== undefined) return found.close();
    this.#join(found);
  }

  #join(paired: PairedEvents): void {
    this.#paired = paired;
    paired.tell(this.#ids.subscriberConnected);
    if (this.#wake !== undefined) this.#unsubscribe = paired.subscribe(this.#wake);
  }

  async #find(): Promise<PairedEvents | undefined> {
    try {
      return await PairedEvents.find(this.#node, this.#serviceName, this.#origin, largestOf(this.#ids));
    } catch {
      // It does not fit and was logged; it never will.
      this.#nextSearch = this.#node.os.monotonicTime() + 2n ** 62n;
      return undefined;
    }
  }
}
