/** The publishing end of many subscribers: who has joined, and what keeps it from sending. */
import { ClosedError } from "../base/general-errors.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";
import type { EventActivation } from "../port/event/activations.ts";
import { DIED, LEFT } from "./ends.ts";
import { Outbox, type Sending } from "./outbox.ts";
import type { SocketParts } from "./peer-socket.ts";
import { PendingCalls } from "./pending-calls.ts";
import type { Subscribers } from "./subscribers.ts";
import { type Sleeper, Wakeup } from "./wakeup.ts";

export class PubSocket implements Sending, Sleeper {
  readonly origin: string;
  readonly outbox: Outbox;
  readonly #parts: SocketParts;
  readonly #subscribers: Subscribers;
  readonly #minimum: number;
  readonly #waits: PendingCalls<number, number>;
  readonly #wakeup: Wakeup;
  #isClosed = false;
  #isAsleep = false;

  /** @param minimum how many must have joined before anything is sent. */
  constructor(parts: SocketParts, subscribers: Subscribers, minimum: number) {
    this.#parts = parts;
    this.origin = parts.origin;
    this.#minimum = minimum;
    this.#subscribers = subscribers;
    this.outbox = new Outbox(this, parts.ends);
    this.#waits = new PendingCalls(this.origin, "not so many subscribers joined");
    this.#wakeup = new Wakeup(parts.node, parts.ends.listener, this, parts.peerCheckInterval);
    // Those that were here first.
    this.#admit();
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  get numberOfSubs(): number {
    return this.#subscribers.links.length;
  }

  get inFlight(): number {
    let most = 0;
    for (const link of this.#subscribers.links) {
      most = Math.max(most, link.inFlight(this.outbox.next) || 0);
    }
    return most;
  }

  waitSubs(count: number, options: WaitOptions): Promise<number> {
    if (this.#isClosed) return Promise.reject(new ClosedError(this.origin));
    const call = this.#waits.add(count, options);
    if (!this.#waits.isEmpty) this.need();
    return call;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wakeup.stop();
    this.#rejectAll(new ClosedError(this.origin));
    this.#subscribers.releaseAll();
    this.#parts.ends[Symbol.dispose]();
    if (this.#parts.ownsNode) this.#parts.node.close();
  }

  // --- Sending ---------------------------------------------------------------------------------------

  hasRoom(next: number): boolean {
    const { links, areSomeWaiting } = this.#subscribers;
    return !areSomeWaiting && links.length >= this.#minimum && this.#subscribers.haveRoom(next);
  }

  isTaken(next: number): boolean {
    if (this.#isClosed) return false;
    for (const link of this.#subscribers.links) if (link.inFlight(next) > 0) return false;
    return true;
  }

  onSent(next: number): boolean {
    for (const link of this.#subscribers.links) link.sent(next);
    return true;
  }

  whyOver(): Error | undefined {
    return this.#isClosed ? new ClosedError(this.origin) : undefined;
  }

  need(): void {
    this.#wakeup.need();
  }

  // --- Sleeper ---------------------------------------------------------------------------------------

  look(): boolean {
    this.#admit();
    const isWaiting = this.#serveWaits();
    return this.outbox.look() || isWaiting;
  }

  announce(isAsleep: boolean): void {
    const { outbox } = this;
    this.#isAsleep = isAsleep;
    const wantsRoom = this.#subscribers.areSomeWaiting || (isAsleep && outbox.isSending);
    for (const link of this.#subscribers.links) {
      link.announce(false, wantsRoom, isAsleep && outbox.isFlushing);
    }
  }

  onEvents(activations: readonly EventActivation[]): void {
    if (activations.some(({ id }) => id === LEFT || id === DIED)) this.#subscribers.forgetGone();
    this.#admit();
  }

  checkPeers(): void {
    this.#parts.ends.outward.tryCleanupDeadNodes();
    this.#subscribers.forgetGone();
  }

  onEnd(): void {
    if (this.#parts.node.closed) this.close();
    else
      this.#rejectAll(
        new ClosedError(this.origin, `${this.origin} stopped waiting: SIGINT or SIGTERM came.`),
      );
  }

  // --- private ---------------------------------------------------------------------------------------

  /** Lets in those that want to join. */
  #admit(): void {
    this.#subscribers.receiveGreetings();
    if (!this.#subscribers.areSomeWaiting) return;
    this.#welcome();
    // Whoever makes room for the rest has to say so, even if nothing is pending here.
    this.announce(this.#isAsleep);
    if (!this.#subscribers.areSomeWaiting) return;
    this.#welcome();
  }

  #welcome(): void {
    const { outbox } = this;
    while (this.#subscribers.welcomeNext(outbox.next)) {
      outbox.skip();
      this.onSent(outbox.next);
    }
  }

  /** @returns whether any is still pending. */
  #serveWaits(): boolean {
    const { length } = this.#subscribers.links;
    for (const call of this.#waits.all()) if (call.value <= length) call.resolve(length);
    return !this.#waits.isEmpty;
  }

  #rejectAll(error: Error): void {
    this.outbox.rejectAll(error);
    this.#waits.rejectAll(error);
  }
}
