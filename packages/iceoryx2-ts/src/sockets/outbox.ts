/** The sending half of a socket: messages in the order of the calls, each when there is room for it. */
import { InvalidArgumentError } from "../base/general-errors.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";
import { SendError } from "../port/common/port-errors.ts";
import type { Ends, MessagePublisher } from "./ends.ts";
import { PendingCalls } from "./pending-calls.ts";
import { isTurnOverdue } from "./turn.ts";

/** What the outbox asks of its socket. */
export interface Sending {
  readonly origin: string;
  /** Whether every other end has room for the message of that number. @throws SocketError */
  hasRoom(next: number): boolean;
  /** Whether every other end has taken all messages before that number. */
  isTaken(next: number): boolean;
  /**
   * A message was delivered.
   *
   * @param next the number of the next one. @param receivers how many got it.
   * @returns whether it counts as sent.
   */
  onSent(next: number, receivers: number): boolean;
  /** Why nothing can be sent any more. */
  whyOver(): Error | undefined;
  need(): void;
}

const DONE: Promise<void> = Promise.resolve();

export class Outbox {
  readonly #socket: Sending;
  readonly #publisher: MessagePublisher;
  readonly #pending: PendingCalls<Uint8Array, void>;
  readonly #flushes: PendingCalls<undefined, void>;
  /** One object for all messages. */
  readonly #extras: { readonly userHeader: { sequence: number; readonly session: number } };
  #next = 0;
  #sent = 0;

  constructor(socket: Sending, { publisher, session }: Ends) {
    this.#socket = socket;
    this.#publisher = publisher;
    this.#extras = { userHeader: { sequence: 0, session } };
    this.#pending = new PendingCalls(socket.origin, "there was no room for the message, which nobody got,");
    this.#flushes = new PendingCalls(socket.origin, "not every message was taken");
  }

  get sent(): number {
    return this.#sent;
  }

  /** The number of the next message. */
  get next(): number {
    return this.#next;
  }

  get isSending(): boolean {
    return !this.#pending.isEmpty;
  }

  get isFlushing(): boolean {
    return !this.#flushes.isEmpty;
  }

  /** @param next the number of the first message. */
  start(next: number): void {
    this.#next = next;
  }

  /** Something else than a message was sent. */
  skip(): void {
    this.#next = (this.#next + 1) | 0;
  }

  /** @returns false if there is no room. @throws SocketError, LoanError, SendError, ClosedError */
  trySend(message: Uint8Array): boolean {
    this.#demandSendable(message);
    return this.#pending.isEmpty && this.#attempt(message);
  }

  send(message: Uint8Array, options: WaitOptions): Promise<void> {
    try {
      this.#demandSendable(message);
      const mustYield = options.signal?.aborted === true || (options.timeout !== 0 && isTurnOverdue());
      if (!mustYield && this.#pending.isEmpty && this.#attempt(message)) return DONE;
    } catch (error) {
      return Promise.reject(error);
    }
    const call = this.#pending.add(message, options);
    if (!this.#pending.isEmpty) this.#socket.need();
    return call;
  }

  flush(options: WaitOptions): Promise<void> {
    // It may have been taken by one who is gone now.
    if (this.#pending.isEmpty && this.#socket.isTaken(this.#next)) return DONE;
    const error = this.#socket.whyOver();
    if (error !== undefined) return Promise.reject(error);
    const call = this.#flushes.add(undefined, options);
    if (!this.#flushes.isEmpty) this.#socket.need();
    return call;
  }

  /** Serves pending calls. @returns whether any is still pending. */
  look(): boolean {
    const error = this.#socket.whyOver();
    if (error !== undefined) this.#pending.rejectAll(error);
    for (let call = this.#pending.first; call !== undefined; call = this.#pending.first) {
      try {
        if (!this.#attempt(call.value)) return true;
        call.resolve();
      } catch (failure) {
        call.reject(failure);
      }
    }
    if (this.#flushes.isEmpty) return false;
    if (this.#socket.isTaken(this.#next)) for (const call of this.#flushes.all()) call.resolve();
    else if (error !== undefined) this.#flushes.rejectAll(error);
    return !this.#flushes.isEmpty;
  }

  rejectAll(error: Error): void {
    this.#pending.rejectAll(error);
    this.#flushes.rejectAll(error);
  }

  #attempt(message: Uint8Array): boolean {
    if (!this.#socket.hasRoom(this.#next)) return false;
    this.#extras.userHeader.sequence = this.#next >>> 0;
    const receivers = this.#deliver(message);
    if (receivers === undefined) return false;
    const next = (this.#next + 1) | 0;
    if (!this.#socket.onSent(next, receivers)) return false;
    this.#next = next;
    this.#sent++;
    return true;
  }

  /** @returns undefined if there was no room after all: a queue also holds what came before its receiver joined. */
  #deliver(message: Uint8Array): number | undefined {
    try {
      return this.#publisher.sendCopy(message, this.#extras);
    } catch (error) {
      if (error instanceof SendError && error.code === "UnableToDeliver") return undefined;
      throw error;
    }
  }

  #demandSendable(message: Uint8Array): void {
    const error = this.#socket.whyOver();
    if (error !== undefined) throw error;
    if (message instanceof Uint8Array) return;
    const { origin } = this.#socket;
    throw new InvalidArgumentError(
      origin,
      `cannot send from ${origin}: a message must be a Uint8Array, not ${typeof message}. Encode it first.`,
    );
  }
}
