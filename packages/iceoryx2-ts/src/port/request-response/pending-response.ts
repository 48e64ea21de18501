import type { WaitScope } from "../../lifecycle/wait-scope.ts";
import { Lease } from "../../payload/lease.ts";
import type { PayloadType, ReadonlyView } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import { type LoopOptions, MessageLoop, NO_MORE, type Waking } from "../common/message-loop.ts";
import type { MessageReader } from "../common/message-reader.ts";
import type { MessageWriter } from "../common/message-writer.ts";
import { type HeaderReadonly, ReceivedMessage } from "../common/received-message.ts";
import type { Receiver } from "../common/receiver.ts";
import type { Sender } from "../common/sender.ts";
import { type RequestHeader, readRequestHeader, requestLength } from "./request-header.ts";
import type { Response } from "./response.ts";
import type { ResponseChannels } from "./response-channels.ts";
import { type ResponseHeader, readAnsweredRequest } from "./response-header.ts";

/**
 * A request that was sent, and the stream of its responses. Releasing it tells the servers that nobody waits for
 * responses any more.
 */
export interface PendingResponse<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header = undefined,
  SH extends Header = undefined,
> extends Disposable,
    AsyncIterable<Response<S, SH>> {
  /** The request, as it was sent. @throws UseAfterReleaseError */
  readonly payload: ReadonlyView<Q>;
  /** The user header of the request. @throws UseAfterReleaseError */
  readonly userHeader: HeaderReadonly<QH>;
  /** The header of the request. @throws UseAfterReleaseError */
  readonly header: RequestHeader;
  /** How many servers the request was delivered to. */
  readonly numberOfServerConnections: number;
  /** Whether a server still has the request, and so may respond. A server that died has it until it is cleaned up. */
  readonly isConnected: boolean;
  readonly released: boolean;
  /** Whether a response waits. */
  hasResponse(): boolean;
  /**
   * The next response of the first server that has one, or undefined. Release it when done.
   *
   * @throws ReceiveError `ExceedsMaxBorrows` if responses wait, but too many are held; nothing is lost.
   * @throws UseAfterReleaseError
   */
  receive(): Response<S, SH> | undefined;
  /**
   * The responses as they come. The loop owns them: each is released when the next one is asked for and when the loop
   * ends, unless `keep()` was called on it.
   *
   * It ends after the last response, when every server that got the request has ended its stream, left or died; when
   * `timeout` passes without a response; and when the pending response is released.
   *
   * @throws the signal's reason when it is aborted; ReceiveError as `receive`; AlreadyWaitingError,
   *   UseAfterReleaseError
   */
  responses(options?: LoopOptions): AsyncIterableIterator<Response<S, SH>>;
  /** Asks the servers to end the stream. They see it, and may respond nevertheless. @throws UseAfterReleaseError */
  setDisconnectHint(): void;
  /** Ends the request. Responses that are held stay. Doing it twice is allowed. */
  release(): void;
}

export type ReceivedResponse<S extends PayloadType, SH extends Header> = ReceivedMessage<
  S,
  SH,
  ResponseHeader
>;

/** What a pending response uses of its client. */
export interface RequestOrigin {
  readonly sender: Sender;
  readonly writer: MessageWriter;
  readonly receiver: Receiver;
  readonly reader: MessageReader<ResponseHeader>;
  readonly channels: ResponseChannels;
  /** Calls `wake` when a server died, until the returned function is called. */
  readonly watchServers: (wake: () => void) => () => void;
  readonly waking: Waking;
  /** For the waits of one pending response. */
  readonly newScope: () => WaitScope;
  /** Names a pending response in messages. */
  readonly describePending: () => string;
}

/** What a pending response knows of its request. */
export interface SentRequest {
  readonly chunk: number;
  readonly channel: number;
  readonly requestId: bigint;
  readonly numberOfServerConnections: number;
}

type AnyPending = PendingResponseHandle<PayloadType, PayloadType, Header, Header>;

/** Receives the next response, or tells that no more will come. */
export let nextResponse: <S extends PayloadType, SH extends Header>(
  pending: PendingResponseHandle<PayloadType, S, Header, SH>,
) => ReceivedResponse<S, SH> | typeof NO_MORE | undefined;
/** The node of a server that had the request when `nextResponse` looked for the last time, if any had. */
export let lastHolderOf: (pending: AnyPending) => bigint | undefined;

export class PendingResponseHandle<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header,
  SH extends Header,
> implements PendingResponse<Q, S, QH, SH>
{
  readonly numberOfServerConnections: number;
  readonly #client: RequestOrigin;
  readonly #request: SentRequest;
  /** Of its own: the one of the chunk still belongs to the loan that the request was sent with. */
  readonly #lease: Lease;
  readonly #use: number;
  readonly #whenReleased: (pending: PendingResponseHandle<Q, S, QH, SH>) => void;
  #scope: WaitScope | undefined;
  #lastHolder: bigint | undefined;

  /** @param whenReleased is called once. */
  constructor(
    client: RequestOrigin,
    request: SentRequest,
    whenReleased: (pending: PendingResponseHandle<Q, S, QH, SH>) => void,
  ) {
    this.#client = client;
    this.#request = request;
    this.#whenReleased = whenReleased;
    this.numberOfServerConnections = request.numberOfServerConnections;
    const { memory, base } = client.sender.pool.leaseOf(request.chunk);
    this.#lease = new Lease(memory, base, client.describePending);
    this.#use = this.#lease.begin();
  }

  static {
    nextResponse = (pending) => pending.#next();
    lastHolderOf = (pending) => pending.#lastHolder;
  }

  get payload(): ReadonlyView<Q> {
    const lease = this.#demandLease();
    const { payload, layout } = this.#client.writer.types;
    const view =
      payload.kind === "fixed"
        ? payload.view(lease, layout.payloadOffset, false)
        : payload.view(lease, layout.payloadOffset, this.#length(), false);
    return view as ReadonlyView<Q>;
  }

  get userHeader(): HeaderReadonly<QH> {
    const lease = this.#demandLease();
    const { userHeader, layout } = this.#client.writer.types;
    return userHeader?.view(lease, layout.userHeaderOffset, false) as HeaderReadonly<QH>;
  }

  get header(): RequestHeader {
    const { memory, base } = this.#demandLease();
    return readRequestHeader(memory, base, this.#length());
  }

  get isConnected(): boolean {
    const { channel, requestId } = this.#request;
    return !this.released && this.#client.channels.holderOf(channel, requestId) !== undefined;
  }

  get released(): boolean {
    return this.#lease.use !== this.#use;
  }

  hasResponse(): boolean {
    this.#demandLease();
    return this.#client.receiver.hasChunks(this.#request.channel);
  }

  receive(): Response<S, SH> | undefined {
    this.#demandLease();
    return this.#receive();
  }

  #receive(): ReceivedResponse<S, SH> | undefined {
    const { receiver, reader } = this.#client;
    const { channel, requestId } = this.#request;
    for (;;) {
      const chunk = receiver.receive(channel);
      if (chunk === undefined) return undefined;
      if (readAnsweredRequest(chunk.memory, chunk.base) !== requestId) {
        receiver.discard(chunk);
        continue;
      }
      const length = reader.checkedLength(chunk);
      if (length >= 0) return new ReceivedMessage(reader, chunk, length);
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<Response<S, SH>, void> {
    return this.responses();
  }

  responses(options: LoopOptions = {}): AsyncIterableIterator<Response<S, SH>> {
    this.#demandLease();
    this.#scope ??= this.#client.newScope();
    const { watchServers, waking } = this.#client;
    // A server that dies says nothing more, and its death ends its stream.
    const source = { take: () => this.#next(), watch: watchServers };
    return new MessageLoop(this.#scope, source, waking).run(options);
  }

  #next(): ReceivedResponse<S, SH> | typeof NO_MORE | undefined {
    // What comes before the end of the last stream is found after we saw the end.
    const holder = this.#client.channels.holderOf(this.#request.channel, this.#request.requestId);
    this.#lastHolder = holder ?? this.#lastHolder;
    const response = this.#receive();
    return response ?? (holder === undefined ? NO_MORE : undefined);
  }

  setDisconnectHint(): void {
    this.#demandLease();
    this.#client.channels.setDisconnectHint(this.#request.channel, this.#request.requestId);
  }

  release(): void {
    if (this.released) return;
    this.#lease.end();
    this.#scope?.close();
    const { chunk, channel, requestId } = this.#request;
    this.#client.channels.close(channel, requestId);
    this.#client.sender.pool.release(chunk);
    this.#whenReleased(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #demandLease(): Lease {
    this.#lease.demand(this.#use);
    return this.#lease;
  }

  /** Others can write the header as well: what it says must not lead out of the chunk. */
  #length(): number {
    const { layout, payload } = this.#client.writer.types;
    if (payload.kind === "fixed") return 1;
    const size = this.#client.sender.pool.sizeOf(this.#request.chunk);
    const longest = Math.floor((size - layout.payloadOffset) / layout.elementStride);
    return Math.min(requestLength.read(this.#lease.memory, this.#lease.base), longest);
  }
}
