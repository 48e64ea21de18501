/** The way back from a server to the client of one request: a channel of its own, which either side ends. */

import { ClosedError } from "../../base/general-errors.ts";
import type { WaitScope } from "../../lifecycle/wait-scope.ts";
import type { WaitOptions } from "../../lifecycle/waiting.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { Attempts } from "../common/attempts.ts";
import { type Header, type Loan, MessageLoan } from "../common/loan.ts";
import type { MessageWriter } from "../common/message-writer.ts";
import { sendInTurn, type WaitingLender } from "../common/outgoing.ts";
import { LoanError } from "../common/port-errors.ts";
import { SendQueue } from "../common/send-queue.ts";
import { NO_ROOM, type Sender } from "../common/sender.ts";
import type { SenderConnection } from "../common/sender-connection.ts";
import { writeAnsweredRequest } from "./response-header.ts";
import type { ServerWakeUps, Sleeper } from "./wake-up-calls.ts";

/** What the responses of a server have in common. */
export interface ResponseSource {
  readonly sender: Sender;
  readonly writer: MessageWriter;
  readonly maxLoanedResponsesPerRequest: number;
  /** What users hold, by chunk. */
  readonly loans: (Disposable | undefined)[];
  readonly wakeUps: ServerWakeUps;
  /** Closes when the server leaves the service. */
  readonly scope: WaitScope;
  /** Call it when something that keeps the server registered was released. */
  readonly afterRelease: () => void;
}

/** Where the responses to a request go. */
export interface ResponseAddress extends Sleeper {
  /** The client's place in the clients' bag. */
  readonly slot: number;
  readonly channel: number;
  readonly requestId: bigint;
}

export class ResponseStream<S extends PayloadType, SH extends Header> implements WaitingLender {
  readonly #source: ResponseSource;
  readonly #address: ResponseAddress;
  #loans = 0;
  #queue: SendQueue | undefined;

  constructor(source: ResponseSource, address: ResponseAddress) {
    this.#source = source;
    this.#address = address;
  }

  get origin(): string {
    return this.#source.sender.origin;
  }

  /** Whether the client waits for responses. */
  get isOpen(): boolean {
    if (this.#source.scope.isClosed) return false;
    this.#source.sender.updateConnections();
    return this.#openConnection() !== undefined;
  }

  get hasDisconnectHint(): boolean {
    const { channel, requestId } = this.#address;
    return this.#connection()?.stateOf(channel).hasDisconnectHint(requestId) ?? false;
  }

  loan(length: number | undefined, isZeroed: boolean): Loan<S, SH> {
    this.#demandLoan();
    const { sender, writer, loans } = this.#source;
    const chunk = writer.loan(length, isZeroed);
    this.#loans++;
    const loan = new MessageLoan<S, SH, number>(this, writer.types, sender.pool, chunk, length ?? 1);
    loans[chunk] = loan;
    return loan;
  }

  loanCopy(value: unknown, userHeader: unknown): number {
    this.#demandLoan();
    const chunk = this.#source.writer.loanCopy(value, userHeader);
    this.#loans++;
    return chunk;
  }

  sendCopy(value: unknown, userHeader: unknown): number {
    const chunk = this.loanCopy(value, userHeader);
    try {
      return this.sendLoan(chunk);
    } finally {
      this.endLoan(chunk);
    }
  }

  /** Sends of one request are served in the order of the calls. */
  send(value: unknown, options: WaitOptions & { readonly userHeader?: unknown }): Promise<number> {
    this.#queue ??= new SendQueue(this.#source.scope, this.origin);
    return sendInTurn(this.#queue, this, value, options);
  }

  sendLoan(chunk: number): number {
    const receivers = this.trySend(chunk);
    if (receivers === NO_ROOM) throw this.#source.sender.unableToDeliver();
    return receivers;
  }

  /** @returns how many clients got it, or `NO_ROOM`. */
  trySend(chunk: number, attempts?: Attempts): number {
    const { sender, scope } = this.#source;
    if (scope.isClosed) throw new ClosedError(this.origin);
    sender.keepUpToDate();
    // A response that nobody waits for is not sent at all: it might take the place of one to a later request.
    const connection = this.#openConnection();
    if (connection === undefined) return 0;
    const { channel, requestId } = this.#address;
    const { memory, base } = sender.pool.leaseOf(chunk);
    writeAnsweredRequest(memory, base, requestId);
    const receivers = sender.trySendTo(connection, channel, chunk, attempts);
    if (receivers === 1) this.#source.wakeUps.sentResponse(this.#address);
    return receivers;
  }

  endLoan(chunk: number): void {
    const { sender, loans, afterRelease } = this.#source;
    this.#loans--;
    loans[chunk] = undefined;
    sender.endLoan(chunk);
    afterRelease();
  }

  /** Tells the client that no more responses come. */
  end(): void {
    const { channel, requestId } = this.#address;
    const connection = this.#openConnection();
    if (connection === undefined) return;
    connection.stateOf(channel).close(requestId);
    this.#source.wakeUps.endedStream(this.#address);
  }

  /** The connection to the client, if it is still there. */
  #connection(): SenderConnection | undefined {
    const { slot, clientId } = this.#address;
    return this.#source.sender.connectionAt(slot, clientId);
  }

  #openConnection(): SenderConnection | undefined {
    const connection = this.#connection();
    const { channel, requestId } = this.#address;
    return connection?.stateOf(channel).belongsTo(requestId) ? connection : undefined;
  }

  #demandLoan(): void {
    const { maxLoanedResponsesPerRequest: maximum, sender, scope } = this.#source;
    if (scope.isClosed) throw new ClosedError(this.origin);
    if (this.#loans < maximum) return;
    throw new LoanError(
      "ExceedsMaxLoans",
      sender.origin,
      `cannot loan from ${sender.origin}: ${this.#loans} responses to this request are already on loan (maxLoanedResponsesPerRequest: ${maximum}). Send or release one, or create the server with a larger maxLoanedResponsesPerRequest.`,
    );
  }
}
