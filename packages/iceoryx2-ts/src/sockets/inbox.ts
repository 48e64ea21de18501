/** The receiving half of a socket: messages in the order in which they were sent, without a gap. */
import type { WaitOptions } from "../lifecycle/waiting.ts";
import { BORROWED_MAX, BorrowedMessage } from "./borrowed-message.ts";
import type { MessageSample, MessageSubscriber } from "./ends.ts";
import type { Link } from "./link.ts";
import { GREETING } from "./message-header.ts";
import { PendingCalls } from "./pending-calls.ts";
import { SocketError } from "./socket-error.ts";
import { isTurnOverdue } from "./turn.ts";

export type Message = Uint8Array<ArrayBuffer>;

/** What the inbox asks of its socket. */
export interface Receiving {
  readonly origin: string;
  /** The connection that messages come from; undefined while there is none. */
  readonly link: Link | undefined;
  /** Why nothing will come any more; undefined as long as something may. */
  whyNothingComes(): Error | undefined;
  /** A call became pending. */
  need(): void;
  /** The connection is broken. */
  fail(error: () => Error): void;
  /** Another end tries to connect although this one is. */
  checkPeer(): void;
}

export class Inbox {
  readonly #socket: Receiving;
  readonly #subscriber: MessageSubscriber;
  /** How each takes a message that is there: it returns undefined if there is none. */
  readonly #pending: PendingCalls<() => unknown, unknown>;
  #borrowed = 0;
  #next = 0;
  #received = 0;

  constructor(socket: Receiving, subscriber: MessageSubscriber) {
    this.#socket = socket;
    this.#subscriber = subscriber;
    this.#pending = new PendingCalls(socket.origin, "no message came");
  }

  get received(): number {
    return this.#received;
  }

  /** The number of the next message. */
  get next(): number {
    return this.#next;
  }

  get hasPending(): boolean {
    return !this.#pending.isEmpty;
  }

  /** @param next the number of the first message. */
  start(next: number): void {
    this.#next = next;
  }

  /** A copy of the next message. */
  recv(options: WaitOptions): Promise<Message> {
    return this.#get(this.#copyNext, options);
  }

  /** The next message itself. */
  borrow(options: WaitOptions): Promise<BorrowedMessage> {
    return this.#get(this.#borrowNext, options);
  }

  /** A message that is there and that nobody waits for. */
  tryRecv(): Message | undefined {
    if (!this.#pending.isEmpty) return undefined;
    const message = this.#copyNext();
    if (message !== undefined) return message;
    const error = this.#socket.whyNothingComes();
    if (error !== undefined) throw error;
    return undefined;
  }

  /** Serves pending calls. @returns whether any is still pending. */
  look(): boolean {
    for (let call = this.#pending.first; call !== undefined; call = this.#pending.first) {
      let message: unknown;
      try {
        message = call.value();
      } catch (error) {
        call.reject(error);
        continue;
      }
      if (message !== undefined) call.resolve(message);
      else {
        const error = this.#socket.whyNothingComes();
        if (error === undefined) return true;
        call.reject(error);
      }
    }
    return false;
  }

  rejectAll(error: Error): void {
    this.#pending.rejectAll(error);
  }

  #get<T>(takeNext: () => T | undefined, options: WaitOptions): Promise<T> {
    const mustYield = options.signal?.aborted === true || (options.timeout !== 0 && isTurnOverdue());
    if (!mustYield && this.#pending.isEmpty) {
      try {
        const message = takeNext();
        if (message !== undefined) return Promise.resolve(message);
      } catch (error) {
        return Promise.reject(error);
      }
      const error = this.#socket.whyNothingComes();
      if (error !== undefined) return Promise.reject(error);
    }
    const call = this.#pending.add(takeNext, options);
    if (!this.#pending.isEmpty) this.#socket.need();
    return call as Promise<T>;
  }

  readonly #copyNext = (): Message | undefined => {
    const sample = this.#take();
    if (sample === undefined) return undefined;
    try {
      return sample.copy();
    } finally {
      sample.release();
      this.#tell();
    }
  };

  readonly #borrowNext = (): BorrowedMessage | undefined => {
    if (this.#borrowed >= BORROWED_MAX) throw this.#tooManyBorrowed();
    const sample = this.#take();
    if (sample === undefined) return undefined;
    this.#borrowed++;
    this.#tell();
    return new BorrowedMessage(sample, this.#onRelease);
  };

  readonly #onRelease = (): void => {
    this.#borrowed--;
  };

  /** The next message that is there, to be released. */
  #take(): MessageSample | undefined {
    const { link } = this.#socket;
    if (link === undefined || this.#subscriber.closed) return undefined;
    for (;;) {
      const sample = this.#subscriber.receive();
      if (sample === undefined) return undefined;
      let isMessage = false;
      try {
        isMessage = this.#accept(sample, link);
      } finally {
        if (!isMessage) sample.release();
      }
      if (isMessage) return sample;
      this.#tell();
    }
  }

  /** Tells the sender what was taken. */
  #tell(): void {
    this.#socket.link?.received(this.#next);
  }

  /** Checks a sample. @returns whether it is a message. */
  #accept(sample: MessageSample, link: Link): boolean {
    const { sequence, session } = sample.userHeader;
    if (session !== link.peer.session && sample.origin !== link.peerPublisherId) {
      this.#socket.checkPeer();
      return false;
    }
    const isMessage = session === link.peer.session;
    if ((sequence | 0) !== this.#next || !(isMessage || session === GREETING)) throw this.#fail(sequence);
    this.#next = (this.#next + 1) | 0;
    if (isMessage) this.#received++;
    return isMessage;
  }

  #tooManyBorrowed(): SocketError {
    const { origin } = this.#socket;
    return new SocketError(
      "ExceedsMaxBorrows",
      origin,
      `cannot borrow from ${origin}: ${BORROWED_MAX} messages are held already. Release one, or take a copy with "recv".`,
    );
  }

  #fail(sequence: number): Error {
    const { origin } = this.#socket;
    const expected = this.#next >>> 0;
    const error = (): Error =>
      new SocketError(
        "MessageLost",
        origin,
        `${origin} got message ${sequence} where ${expected} was due. Close it and connect again.`,
      );
    this.#socket.fail(error);
    return error();
  }
}
