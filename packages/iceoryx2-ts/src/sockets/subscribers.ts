/** The subscribers of a publishing end: those that have joined, and those that want to. */
import { SendError } from "../port/common/port-errors.ts";
import type { Ends } from "./ends.ts";
import { greet, type ReceivedPage, readGreeting } from "./greeting.ts";
import { Link } from "./link.ts";

export class Subscribers {
  readonly #ends: Ends;
  #links: readonly Link[] = [];
  /** By the subscriber's id. */
  readonly #waiting: Map<bigint, ReceivedPage> = new Map();
  #welcomed: bigint | undefined;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** To those that have joined. */
  get links(): readonly Link[] {
    return this.#links;
  }

  /** Whether some that are ready have not been let in yet. */
  get areSomeWaiting(): boolean {
    return this.#waiting.size > 0 && this.#nextReady() !== undefined;
  }

  haveRoom(next: number): boolean {
    for (const link of this.#links) {
      if (link.hasRoom(next)) continue;
      if (!Number.isNaN(link.inFlight(next))) return false;
      // It writes what makes no sense, and misses messages from now on.
      this.#remove(link);
    }
    return true;
  }

  /** Whether a receiver that has no room may miss a message: those that have not joined. */
  mayLeaveOut(receiverId: bigint): boolean {
    return receiverId !== this.#welcomed && !this.#links.some(({ peer }) => peer.from === receiverId);
  }

  receiveGreetings(): void {
    const { subscriber } = this.#ends;
    for (let sample = subscriber.receive(); sample !== undefined; sample = subscriber.receive()) {
      const greeting = readGreeting(sample, this.#ends);
      if (greeting === undefined) continue;
      const id = greeting.page.from;
      this.#waiting.get(id)?.sample.release();
      this.#waiting.set(id, greeting);
    }
  }

  /** Lets one in. @param sequence the number of the welcome. @returns whether a welcome was sent. */
  welcomeNext(sequence: number): boolean {
    const greeting = this.#nextReady();
    if (greeting === undefined || !this.haveRoom(sequence)) return false;
    const { from, listener: listenerId } = greeting.page;
    const listener = this.#ends.findListener(listenerId);
    if (listener === undefined) return this.#turnAway(greeting);
    this.#welcomed = from;
    try {
      const page = greet(this.#ends, from, sequence);
      if (page === undefined) return this.#turnAway(greeting);
      this.#waiting.delete(from);
      this.#links = [...this.#links, new Link(this.#ends, page, greeting, listener, sequence)];
      return true;
    } catch (error) {
      if (!(error instanceof SendError && error.code === "UnableToDeliver")) throw error;
      // It is full of what was sent before it joined; when it has thrown that away, it says so.
      listener.notify();
      return false;
    } finally {
      this.#welcomed = undefined;
    }
  }

  forgetGone(): void {
    const present = new Set(this.#ends.outward.subscribers().map(({ portId }) => portId));
    for (const link of this.#links) if (!present.has(link.peer.from)) this.#remove(link);
    for (const greeting of this.#waiting.values()) {
      if (!present.has(greeting.page.from)) this.#turnAway(greeting);
    }
  }

  releaseAll(): void {
    for (const link of this.#links) this.#remove(link);
    for (const greeting of this.#waiting.values()) this.#turnAway(greeting);
  }

  #nextReady(): ReceivedPage | undefined {
    for (const greeting of this.#waiting.values()) if (greeting.page.isReady) return greeting;
    return undefined;
  }

  #remove(link: Link): void {
    this.#links = this.#links.filter((other) => other !== link);
    link.release();
  }

  #turnAway(greeting: ReceivedPage): false {
    this.#waiting.delete(greeting.page.from);
    greeting.sample.release();
    return false;
  }
}
