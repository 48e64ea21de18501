import type { WaitOptions } from "../../lifecycle/waiting.ts";
import type { Input, PayloadType } from "../../payload/meaning.ts";
import type { Header, Loan, LoanArguments } from "../common/loan.ts";
import type { MessageReader } from "../common/message-reader.ts";
import type { SendExtras } from "../common/message-writer.ts";
import type { ReceivedChunk } from "../common/received-chunk.ts";
import { demandOpen, type Received, ReceivedMessage } from "../common/received-message.ts";
import type { RequestHeader } from "./request-header.ts";
import { type ResponseSource, ResponseStream } from "./response-stream.ts";

/** A received request, and the stream of responses to it. Releasing it ends the stream. */
export interface ActiveRequest<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header = undefined,
  SH extends Header = undefined,
> extends Received<Q, QH> {
  readonly header: RequestHeader;
  /** Whether the client still waits for responses. One that died does until it is cleaned up. */
  readonly isConnected: boolean;
  /** Whether the client asks to end the stream. */
  readonly hasDisconnectHint: boolean;
  /**
   * Memory for one response, zeroed. Its `send` returns 1, or 0 if the client waits no more.
   *
   * @throws LoanError `ExceedsMaxLoans`, `ExceedsMaxLoanSize` for a slice that is too long, `OutOfMemory`.
   * @throws UseAfterReleaseError
   */
  loan(...length: LoanArguments<S>): Loan<S, SH>;
  /** As `loan`, but the payload shows what was there before: for those who write all of it anyway. */
  loanUninit(...length: LoanArguments<S>): Loan<S, SH>;
  /**
   * Copies a value into shared memory and sends it as a response. Never waits.
   *
   * @returns 1, or 0 if the client waits no more, which is no error.
   * @throws LoanError, SendError, UseAfterReleaseError as `loan` and `send` do; PayloadValueError for a value that does
   *   not fit the type.
   */
  sendCopy(value: Input<S>, extras?: SendExtras<SH>): number;
  /**
   * Waits until the client has room for the response and then sends it. Sends to one request are served in the order of
   * the calls; a value is copied when its turn comes.
   *
   * @returns 1, or 0 if the client waits no more, which is no error.
   * @throws TimeoutError, ClosedError, the signal's reason: the client got nothing then. A loan stays yours then.
   *   Otherwise as `sendCopy` and `Loan.send` do.
   */
  send(value: Input<S> | Loan<S, SH>, options?: WaitOptions & SendExtras<SH>): Promise<number>;
}

/** The stream of responses to a request. */
export let responsesOf: (
  request: ActiveRequestHandle<PayloadType, PayloadType, Header, Header>,
) => ResponseStream<PayloadType, Header>;

export class ActiveRequestHandle<
    Q extends PayloadType,
    S extends PayloadType,
    QH extends Header,
    SH extends Header,
  >
  extends ReceivedMessage<Q, QH, RequestHeader>
  implements ActiveRequest<Q, S, QH, SH>
{
  readonly #responses: ResponseStream<S, SH>;
  readonly #afterRelease: () => void;

  constructor(
    reader: MessageReader<RequestHeader>,
    chunk: ReceivedChunk,
    length: number,
    source: ResponseSource,
    channel: number,
    requestId: bigint,
  ) {
    super(reader, chunk, length);
    chunk.request = this;
    const { senderId: clientId, slot } = chunk.connection;
    const { memory, base } = chunk;
    const listenerId = source.wakeUps.readSignature(memory, base + reader.types.layout.userHeaderOffset);
    this.#responses = new ResponseStream<S, SH>(source, { clientId, slot, channel, requestId, listenerId });
    this.#afterRelease = source.afterRelease;
  }

  static {
    responsesOf = (request) => request.#responses;
  }

  get isConnected(): boolean {
    return !this.released && this.#responses.isOpen;
  }

  get hasDisconnectHint(): boolean {
    return !this.released && this.#responses.hasDisconnectHint;
  }

  loan(...[length]: LoanArguments<S> | []): Loan<S, SH> {
    demandOpen(this);
    return this.#responses.loan(length, true);
  }

  loanUninit(...[length]: LoanArguments<S> | []): Loan<S, SH> {
    demandOpen(this);
    return this.#responses.loan(length, false);
  }

  sendCopy(value: Input<S>, extras?: SendExtras<SH>): number {
    demandOpen(this);
    return this.#responses.sendCopy(value, extras?.userHeader);
  }

  async send(value: Input<S> | Loan<S, SH>, options: WaitOptions & SendExtras<SH> = {}): Promise<number> {
    demandOpen(this);
    return this.#responses.send(value, options);
  }

  override release(): void {
    if (this.released) return;
    super.release();
    this.#responses.end();
    this.#afterRelease();
  }
}
