import type { WaitOptions } from "../lifecycle/waiting.ts";
import type { BorrowedMessage } from "./borrowed-message.ts";
import { Ends, type Way } from "./ends.ts";
import { Handshake } from "./handshake.ts";
import type { Message } from "./inbox.ts";
import { nodeFor, type SocketOptions, type SocketStats, settingsOf } from "./options.ts";
import { PeerSocket } from "./peer-socket.ts";
import { SocketError } from "./socket-error.ts";
import { writableTo } from "./writable.ts";

/** What cannot be left out: without room for its message a pair waits. */
const leaveNobodyOut = (): boolean => false;

type End = 0 | 1;

let createPair: (key: string, socket: PeerSocket) => Pair;

/**
 * One of two ends between which messages go in both directions, each in the order in which they were sent, none lost,
 * none twice.
 *
 * An end is connected to one other end. When that is closed or dies, messages that were sent before can still be
 * received; then all calls fail with a `SocketError`, and a new connection has to be made: `close`, `connect`.
 */
export class Pair implements Disposable, AsyncDisposable, AsyncIterable<Message> {
  readonly key: string;
  readonly #socket: PeerSocket;
  #writable: WritableStream<Uint8Array> | undefined;

  private constructor(key: string, socket: PeerSocket) {
    this.key = key;
    this.#socket = socket;
  }

  /**
   * Connects to the other end of that name; whoever comes first waits for the other.
   *
   * @param key up to 240 ASCII characters, the same for both ends.
   * @param options `timeout` and `signal` limit the wait for the other end.
   * @throws SocketError `EndTaken` if both ends are taken; TimeoutError, ClosedError, InvalidArgumentError,
   *   InvalidNameError, the signal's reason, and what creating nodes, services and ports throws. Nothing is left behind
   *   then.
   */
  static async connect(key: string, options: SocketOptions = {}): Promise<Pair> {
    return connectPair(key, [0, 1], options);
  }

  static {
    createPair = (key, socket) => new Pair(key, socket);
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  /**
   * Resolves when the message is in the queue of the other end, at once if there is room. Messages go in the order of
   * the calls. Do not change the message before.
   *
   * @throws TimeoutError, the signal's reason, LoanError: the other end did not get the message. SocketError,
   *   ClosedError, InvalidArgumentError
   */
  send(message: Uint8Array, options: WaitOptions = {}): Promise<void> {
    return this.#socket.outbox.send(message, options);
  }

  /** As `send`, but returns false instead of waiting for room. */
  trySend(message: Uint8Array): boolean {
    return this.#socket.outbox.trySend(message);
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
   * The messages as they come. It ends when none comes within `timeout`, when the other end was closed and when this
   * one is. Leaving the loop does not close the pair.
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

  /** Resolves when the other end has taken every message that was sent. @throws as `send`. */
  flush(options: WaitOptions = {}): Promise<void> {
    return this.#socket.outbox.flush(options);
  }

  /** Sends what is written to it, with back-pressure. Closing it flushes; the pair stays open. */
  get writable(): WritableStream<Uint8Array> {
    this.#writable ??= writableTo(this.#socket.outbox);
    return this.#writable;
  }

  stats(): SocketStats {
    const { inbox, outbox, inFlight } = this.#socket;
    return { sent: outbox.sent, received: inbox.received, inFlight };
  }

  /**
   * Ends the connection at once. The other end can still receive what was sent, but for messages that are longer than
   * any before: `flush` first if they matter.
   */
  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Flushes if the other end is there to take anything, and closes. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.closed) await this.flush();
    } catch (error) {
      if (!(error instanceof SocketError)) throw error;
    } finally {
      this.close();
    }
  }
}

/** One end of a pair in particular. */
export interface PairEnd {
  /** As `Pair.connect`, but takes this end and no other: one process has `Pair0`, the other one `Pair1`. */
  connect(key: string, options?: SocketOptions): Promise<Pair>;
}

export const Pair0: PairEnd = { connect: (key, options = {}) => connectPair(key, [0], options) };
export const Pair1: PairEnd = { connect: (key, options = {}) => connectPair(key, [1], options) };

/** @param ends those that will do, in this order. */
async function connectPair(key: string, ends: readonly End[], options: SocketOptions): Promise<Pair> {
  const origin = `pair "${key}"`;
  const { maxInFlight, isMaxInFlightDemanded, peerCheckInterval } = settingsOf(origin, options);
  options.signal?.throwIfAborted();
  const { node, ownsNode } = nodeFor(options);
  const way = (from: End, to: End): Way => ({
    name: `${key}/${from}to${to}`,
    maxSenders: 1,
    maxReceivers: 1,
    bufferSize: maxInFlight,
    isDemanded: isMaxInFlightDemanded,
  });
  try {
    for (const end of ends) {
      const other = end === 0 ? 1 : 0;
      const made = await Ends.create(node, way(other, end), way(end, other), leaveNobodyOut);
      if (made === undefined) continue;
      const socket = new PeerSocket({ node, ownsNode, ends: made, origin, peerCheckInterval }, Handshake);
      await socket.connect(options);
      return createPair(key, socket);
    }
    throw endTaken(origin, ends);
  } catch (error) {
    if (ownsNode) node.close();
    throw error;
  }
}

function endTaken(origin: string, ends: readonly End[]): SocketError {
  const what = ends.length > 1 ? "both ends are" : `end ${ends[0]} is`;
  return new SocketError(
    "EndTaken",
    origin,
    `cannot connect ${origin}: ${what} taken by others already. Close one of them, or use another key.`,
  );
}
