/** The receiving half of a socket: messages in the order in which they were sent, without a gap. */
import type { WaitOptions } from "../lifecycle/waiting.ts";
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
  readonly #pending: PendingCalls<undefined, Message>;
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

  /** A copy of the next message that is there; undefined if there is none. */
  take(): Message | undefined {
    const { link } = this.#socket;
    if (link === undefined || this.#subscriber.closed) return undefined;
    for (;;) {
      const sample = this.#subscriber.receive();
      if (sample === undefined) return undefined;
      try {
        const message = this.#open(sample, link);
        if (message !== undefined) return message;
      } finally {
        sample.release();
        link.received(this.#next);
      }
    }
  }

  recv(options: WaitOptions): Promise<Message> {
    const mustYield = options.signal?.aborted === true || (options.timeout !== 0 && isTurnOverdue());
    if (!mustYield && this.#pending.isEmpty) {
      const message = this.take();
      if (message !== undefined) return Promise.resolve(message);
      const error = this.#socket.whyNothingComes();
      if (error !== undefined) return Promise.reject(error);
    }
    const call = this.#pending.add(undefined, options);
    if (!this.#pending.isEmpty) this.#socket.need();
    return call;
  }

  /** A message that is there and that nobody waits for. */
  tryRecv(): Message | undefined {
    if (!this.#pending.isEmpty) return undefined;
    const message = this.take();
    if (message !== undefined) return message;
    const error = this.#socket.whyNothingComes();
    if (error !== undefined) throw error;
    return undefined;
  }

  /** Serves pending calls. @returns whether any is still pending. */
  look(): boolean {
    for (let call = this.#pending.first; call !== undefined; call = this.#pending.first) {
      let message: Message | undefined;
      try {
        message = this.take();
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

  /** Checks a sample and copies its payload; undefined if it is no message. */
  #open(sample: MessageSample, link: Link): Message | undefined {
    const { sequence, session } = sample.userHeader;
    if (session !== link.peer.session && sample.origin !== link.peerPublisherId) {
      this.#socket.checkPeer();
      return undefined;
    }
    const isMessage = session === link.peer.session;
    if ((sequence | 0) !== this.#next || !(isMessage || session === GREETING)) throw this.#fail(sequence);
    this.#next = (this.#next + 1) | 0;
    if (!isMessage) return undefined;
    this.#received++;
    return sample.copy();
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
