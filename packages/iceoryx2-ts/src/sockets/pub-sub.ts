import { InvalidArgumentError } from "../base/general-errors.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";
import type { BorrowedMessage } from "./borrowed-message.ts";
import { Ends, type Way } from "./ends.ts";
import type { Message } from "./inbox.ts";
import { nodeFor, type SocketOptions, type SocketSettings, type SocketStats, settingsOf } from "./options.ts";
import { PeerSocket } from "./peer-socket.ts";
import { PubSocket } from "./pub-socket.ts";
import { SocketError } from "./socket-error.ts";
import { Subscribers } from "./subscribers.ts";
import { Subscription } from "./subscription.ts";
import { writableTo } from "./writable.ts";

export interface PubSubOptions extends SocketOptions {
  /** How many subscribers there may be; 10 by default. Whoever comes first decides; asking for more is an error. */
  readonly maxSubs?: number | undefined;
}

export interface PubOptions extends PubSubOptions {
  /** How many subscribers must have joined before anything is sent; 1 by default, 0 for none. */
  readonly waitSubs?: number | undefined;
}

const MAX_SUBS = 10;
const WAIT_SUBS = 1;
const SUBS_LIMIT = 1000;
/** Of the way back, on which nothing but greetings goes. */
const GREETINGS = 4;

/**
 * Sends messages to any number of subscribers: every message to all that have joined, in order, none lost. It waits for
 * the slowest.
 *
 * A subscriber may come at any time, and gets everything that is sent from then on. One that leaves or dies is not
 * waited for any more.
 */
export class Pub0 implements Disposable, AsyncDisposable {
  readonly key: string;
  readonly #socket: PubSocket;
  #writable: WritableStream<Uint8Array> | undefined;

  private constructor(key: string, socket: PubSocket) {
    this.key = key;
    this.#socket = socket;
  }

  /**
   * @param key up to 240 ASCII characters, the same for the subscribers. There is one publisher of a key.
   * @throws SocketError `EndTaken` if there is another one; InvalidArgumentError, InvalidNameError, and what creating
   *   nodes, services and ports throws. Nothing is left behind then.
   */
  static async create(key: string, options: PubOptions = {}): Promise<Pub0> {
    const origin = `publisher "${key}"`;
    const settings = settingsOf(origin, options);
    const { toSubs, toPub } = waysOf(origin, key, options, settings);
    const { waitSubs = WAIT_SUBS } = options;
    checkCount(origin, "waitSubs", waitSubs, 0);
    options.signal?.throwIfAborted();
    const { node, ownsNode } = nodeFor(options);
    try {
      let subscribers: Subscribers | undefined;
      const ends = await Ends.create(node, toPub, toSubs, (id) => subscribers?.mayLeaveOut(id) ?? true);
      if (ends === undefined) throw taken(origin, "there is one already. Close that, or use another key");
      subscribers = new Subscribers(ends);
      const parts = { node, ownsNode, ends, origin, peerCheckInterval: settings.peerCheckInterval };
      return new Pub0(key, new PubSocket(parts, subscribers, waitSubs));
    } catch (error) {
      if (ownsNode) node.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  /** How many subscribers have joined. */
  get numberOfSubs(): number {
    return this.#socket.numberOfSubs;
  }

  /**
   * Resolves when as many subscribers have joined.
   *
   * @returns how many there are. @throws TimeoutError, ClosedError, the signal's reason
   */
  waitSubs(count: number, options: WaitOptions = {}): Promise<number> {
    return this.#socket.waitSubs(count, options);
  }

  /**
   * Resolves when the message is in the queues of all subscribers, at once if there is room. Messages go in the order
   * of the calls. Do not change the message before.
   *
   * @throws TimeoutError, the signal's reason, LoanError: nobody got the message. ClosedError, InvalidArgumentError
   */
  send(message: Uint8Array, options: WaitOptions = {}): Promise<void> {
    return this.#socket.outbox.send(message, options);
  }

  /** As `send`, but returns false instead of waiting for room or subscribers. */
  trySend(message: Uint8Array): boolean {
    return this.#socket.outbox.trySend(message);
  }

  /** Resolves when all subscribers have taken every message that was sent. @throws as `send`. */
  flush(options: WaitOptions = {}): Promise<void> {
    return this.#socket.outbox.flush(options);
  }

  /** Sends what is written to it, with back-pressure. Closing it flushes; the publisher stays open. */
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= writableTo(this.#socket.outbox);
    return this.#writable;
  }

  stats(): SocketStats {
    return { sent: this.#socket.outbox.sent, received: 0, inFlight: this.#socket.inFlight };
  }

  /**
   * Ends all connections at once. Subscribers can still receive what was sent, but for messages that are longer than
   * any before: `flush` first if they matter.
   */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Flushes and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.closed) await this.flush();
    } finally {
      this.close();
    }
  }
}

/** Receives the messages of a publisher, from the moment when it joins. */
export class Sub0 implements Disposable, AsyncIterable<Message> {
  readonly key: string;
  readonly #socket: PeerSocket;

  private constructor(key: string, socket: PeerSocket) {
    this.key = key;
    this.#socket = socket;
  }

  /**
   * Joins the publisher of that name; waits until there is one.
   *
   * @param options `timeout` and `signal` limit the wait.
   * @throws SocketError `EndTaken` if there are as many subscribers as there may be; TimeoutError, ClosedError,
   *   InvalidArgumentError, InvalidNameError, the signal's reason, and what creating nodes, services and ports throws.
   *   Nothing is left behind then.
   */
  static async subscribe(key: string, options: PubSubOptions = {}): Promise<Sub0> {
    const origin = `subscriber "${key}"`;
    const settings = settingsOf(origin, options);
    const { toSubs, toPub } = waysOf(origin, key, options, settings);
    options.signal?.throwIfAborted();
    const { node, ownsNode } = nodeFor(options);
    try {
      const ends = await Ends.create(node, toSubs, toPub, () => false);
      if (ends === undefined) {
        throw taken(origin, "the publisher has as many as it may have. Create it with a larger maxSubs");
      }
      const parts = { node, ownsNode, ends, origin, peerCheckInterval: settings.peerCheckInterval };
      const socket = new PeerSocket(parts, Subscription);
      await socket.connect(options);
      return new Sub0(key, socket);
    } catch (error) {
      if (ownsNode) node.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  /**
   * The next message, as a copy. Calls are served in their order.
   *
   * @throws TimeoutError, ClosedError, the signal's reason; SocketError `PeerClosed` or `PeerDied` when there are no
   *   more messages, `MessageLost`, `MalformedMessage`.
   */
  recv(options: WaitOptions = {}): Promise<Message> {
    return this.#socket.inbox.recv(options);
  }

  /**
   * The next message where it lies, without a copy; 4 may be held at a time. Calls are served in their order with those
   * of `recv`.
   *
   * @throws as `recv`, and SocketError `ExceedsMaxBorrows`.
   */
  borrow(options: WaitOptions = {}): Promise<BorrowedMessage> {
    return this.#socket.inbox.borrow(options);
  }

  /** The next message, or undefined if none is there. @throws as `recv`. */
  tryRecv(): Message | undefined {
    return this.#socket.inbox.tryRecv();
  }

  /**
   * The messages as they come. It ends when none comes within `timeout`, when the publisher was closed and when this
   * subscriber is. Leaving the loop does not close it.
   *
   * @throws as `recv`, but not for `TimeoutError`, `ClosedError` and `PeerClosed`, which are its end.
   */
  messages(options: WaitOptions = {}): AsyncIterableIterator<Message> {
    return this.#socket.messages(options);
  }

  /** As `messages`, but each where it lies; the loop releases it when it goes on. @throws as `borrow`. */
  borrowed(options: WaitOptions = {}): AsyncIterableIterator<BorrowedMessage> {
    return this.#socket.borrowed(options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    return this.messages();
  }

  stats(): SocketStats {
    return { sent: 0, received: this.#socket.inbox.received, inFlight: 0 };
  }

  /** Leaves. What was not received yet is gone. */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function waysOf(
  origin: string,
  key: string,
  { maxSubs }: PubSubOptions,
  { maxInFlight, isMaxInFlightDemanded }: SocketSettings,
): { readonly toSubs: Way; readonly toPub: Way } {
  const count = maxSubs ?? MAX_SUBS;
  checkCount(origin, "maxSubs", count, 1);
  const isDemanded = isMaxInFlightDemanded || maxSubs !== undefined;
  const toSubs = {
    name: `${key}/pub`,
    maxSenders: 1,
    maxReceivers: count,
    bufferSize: maxInFlight,
    isDemanded,
  };
  const toPub = { name: `${key}/sub`, maxSenders: count, maxReceivers: 1, bufferSize: GREETINGS, isDemanded };
  return { toSubs, toPub };
}

function checkCount(origin: string, option: string, count: number, minimum: number): void {
  if (Number.isInteger(count) && count >= minimum && count <= SUBS_LIMIT) return;
  throw new InvalidArgumentError(
    origin,
    `cannot create ${origin}: ${option} is ${count}, but must be an integer from ${minimum} to ${SUBS_LIMIT}.`,
  );
}

function taken(origin: string, reason: string): SocketError {
  return new SocketError("EndTaken", origin, `cannot create ${origin}: ${reason}.`);
}
