/** A socket with one other end: what pairs and subscribers have in common. */
import type { Node } from "../api/node.ts";
import { ClosedError } from "../base/general-errors.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";
import type { EventActivation } from "../port/event/activations.ts";
import type { BorrowedMessage } from "./borrowed-message.ts";
import { DIED, type Ends, LEFT } from "./ends.ts";
import type { Connected } from "./handshake.ts";
import { Inbox, type Message, type Receiving } from "./inbox.ts";
import type { Link } from "./link.ts";
import { Messages } from "./messages.ts";
import { Outbox, type Sending } from "./outbox.ts";
import { PendingCalls } from "./pending-calls.ts";
import { SocketError, type SocketErrorCode } from "./socket-error.ts";
import { type Sleeper, Wakeup } from "./wakeup.ts";

/** How it gets connected. */
export interface Connecting {
  /** @returns undefined as long as the other end has to do something. */
  step(): Connected | undefined;
  abandon(): void;
}

type ConnectingClass = new (ends: Ends, onGreeting: () => void) => Connecting;

export interface SocketParts {
  readonly node: Node;
  /** Whether the node goes with the socket. */
  readonly ownsNode: boolean;
  readonly ends: Ends;
  readonly origin: string;
  readonly peerCheckInterval: number;
}

export class PeerSocket implements Receiving, Sending, Sleeper {
  readonly origin: string;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly #parts: SocketParts;
  readonly #connecting: Connecting;
  readonly #pendingConnect: PendingCalls<undefined, void>;
  readonly #wakeup: Wakeup;
  #link: Link | undefined;
  #whyOver: (() => Error) | undefined;
  #isClosed = false;
  #peerLeft = false;

  constructor(parts: SocketParts, Connect: ConnectingClass) {
    this.#parts = parts;
    this.origin = parts.origin;
    this.#connecting = new Connect(parts.ends, () => this.#forgetFormerPeer());
    this.inbox = new Inbox(this, parts.ends.subscriber);
    this.outbox = new Outbox(this, parts.ends);
    this.#pendingConnect = new PendingCalls(this.origin, "nobody connected to the other end");
    this.#wakeup = new Wakeup(parts.node, parts.ends.listener, this, parts.peerCheckInterval);
  }

  get link(): Link | undefined {
    return this.#link;
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  get inFlight(): number {
    return this.#link === undefined ? 0 : this.#link.inFlight(this.outbox.next) || 0;
  }

  /** Resolves when both ways work. If it rejects, the socket is closed. */
  async connect(options: WaitOptions): Promise<void> {
    try {
      const call = this.#pendingConnect.add(undefined, options);
      this.need();
      await call;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** @throws ClosedError */
  messages(options: WaitOptions): Messages<Message> {
    this.#demandOpen();
    return new Messages(() => this.inbox.recv(options));
  }

  /** @throws ClosedError */
  borrowed(options: WaitOptions): Messages<BorrowedMessage> {
    this.#demandOpen();
    return new Messages(
      () => this.inbox.borrow(options),
      (message) => message.release(),
    );
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wakeup.stop();
    this.#whyOver = () => new ClosedError(this.origin);
    this.#rejectAll(this.#whyOver());
    this.#link?.release();
    this.#connecting.abandon();
    this.#parts.ends[Symbol.dispose]();
    if (this.#parts.ownsNode) this.#parts.node.close();
  }

  // --- Receiving and Sending -------------------------------------------------------------------------

  hasRoom(next: number): boolean {
    const link = this.#link;
    if (link === undefined) return false;
    if (link.hasRoom(next)) return true;
    if (Number.isNaN(link.inFlight(next))) throw this.#malformed();
    return false;
  }

  isTaken(next: number): boolean {
    return this.#link !== undefined && !this.#isClosed && this.#link.inFlight(next) === 0;
  }

  onSent(next: number, receivers: number): boolean {
    if (receivers > 0) this.#link?.sent(next);
    else this.checkPeer();
    return receivers > 0;
  }

  whyOver(): Error | undefined {
    return this.#whyOver?.();
  }

  need(): void {
    this.#wakeup.need();
  }

  /** Why there is nothing to receive now and will not be. */
  whyNothingComes(): Error | undefined {
    const link = this.#link;
    if (this.#whyOver === undefined || this.#isClosed || link === undefined) return this.whyOver();
    const lost = (link.peer.sent - this.inbox.next) | 0;
    return lost > 0 ? this.#lost(lost) : this.whyOver();
  }

  /** Pending calls learn of it at the next turn, when those that can still be served are. */
  fail(error: () => Error): void {
    this.#whyOver ??= error;
    this.need();
  }

  checkPeer(): void {
    const link = this.#link;
    if (link === undefined || this.#whyOver !== undefined) return;
    const { inward, outward, listener } = this.#parts.ends;
    const isThere =
      outward.subscribers().some(({ portId }) => portId === link.peer.from) &&
      inward.publishers().some(({ portId }) => portId === link.peerPublisherId);
    if (isThere) return;
    // Who leaves says so before anything else of him goes.
    this.#note(listener.tryWait());
    this.fail(() => this.#gone());
  }

  // --- Sleeper ---------------------------------------------------------------------------------------

  look(): boolean {
    if (this.#link === undefined && this.#whyOver === undefined && !this.#tryConnect()) return true;
    const isReceiving = this.inbox.look();
    return this.outbox.look() || isReceiving;
  }

  announce(isAsleep: boolean): void {
    const { inbox, outbox } = this;
    if (this.#whyOver !== undefined) return;
    this.#link?.announce(
      isAsleep && inbox.hasPending,
      isAsleep && outbox.isSending,
      isAsleep && outbox.isFlushing,
    );
  }

  onEvents(activations: readonly EventActivation[]): void {
    if (this.#note(activations)) this.checkPeer();
  }

  checkPeers(): void {
    this.#parts.ends.inward.tryCleanupDeadNodes();
    this.checkPeer();
  }

  onEnd(): void {
    if (this.#parts.node.closed) this.close();
    else {
      this.#rejectAll(
        new ClosedError(this.origin, `${this.origin} stopped waiting: SIGINT or SIGTERM came.`),
      );
    }
  }

  // --- private ---------------------------------------------------------------------------------------

  /** @returns whether the other end said that it goes, or somebody that it died. */
  #note(activations: readonly EventActivation[]): boolean {
    if (activations.some(({ id }) => id === LEFT)) this.#peerLeft = true;
    return activations.some(({ id }) => id === LEFT || id === DIED);
  }

  #tryConnect(): boolean {
    let connected: Connected | undefined;
    try {
      connected = this.#connecting.step();
    } catch (error) {
      this.#pendingConnect.rejectAll(error);
      return true;
    }
    if (connected === undefined) return this.#pendingConnect.isEmpty;
    this.#link = connected.link;
    this.inbox.start(connected.nextToReceive);
    this.outbox.start(connected.nextToSend);
    this.#pendingConnect.first?.resolve();
    this.checkPeer();
    return true;
  }

  /** One that left before is not the one that is greeted now. */
  #forgetFormerPeer(): void {
    this.#parts.ends.listener.tryWait();
    this.#peerLeft = false;
  }

  #demandOpen(): void {
    if (this.#isClosed) throw new ClosedError(this.origin);
  }

  #rejectAll(error: Error): void {
    this.inbox.rejectAll(error);
    this.outbox.rejectAll(error);
    this.#pendingConnect.rejectAll(error);
  }

  #gone(): SocketError {
    return this.#peerLeft
      ? this.#error("PeerClosed", "the other end was closed. Close this one, and connect again")
      : this.#error("PeerDied", "the process at the other end died. Close this one, and connect again");
  }

  #lost(count: number): SocketError {
    const reason = `the other end left before its last ${count} messages could be taken. Let it "flush" before it closes`;
    return this.#error("MessageLost", reason);
  }

  #malformed(): SocketError {
    const error = (): SocketError =>
      this.#error("MalformedMessage", "the other end writes what makes no sense. Close this one");
    this.fail(error);
    return error();
  }

  #error(code: SocketErrorCode, reason: string): SocketError {
    return new SocketError(code, this.origin, `${this.origin} is not connected any more: ${reason}.`);
  }
}
