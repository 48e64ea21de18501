import { ClosedError } from "../../base/general-errors.ts";
import { log } from "../../base/log.ts";
import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { WaitScope } from "../../lifecycle/wait-scope.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { RequestResponsePattern } from "../../service/messaging-pattern.ts";
import type { Header } from "../common/loan.ts";
import { type LoopOptions, MessageLoop, type MessageSource } from "../common/message-loop.ts";
import { MessageReader } from "../common/message-reader.ts";
import type { MessageTypes } from "../common/message-types.ts";
import { MessageWriter } from "../common/message-writer.ts";
import type { PortEntry } from "../common/port-entry.ts";
import type { ReceivedChunk } from "../common/received-chunk.ts";
import { FIRST_CHANNEL, type Receiver } from "../common/receiver.ts";
import type { Sender } from "../common/sender.ts";
import { type ActiveRequest, ActiveRequestHandle, responsesOf } from "./active-request.ts";
import { Departures } from "./departures.ts";
import { PeerDeaths } from "./peer-deaths.ts";
import { type RequestHeader, readChannelId, readRequestHeader, readRequestId } from "./request-header.ts";
import type { ResponseSource } from "./response-stream.ts";
import type { Server } from "./server.ts";
import { type RequestHandler, type ServeOptions, Serving } from "./serving.ts";
import type { ServerWakeUps } from "./wake-up-calls.ts";

/** What `createServer` put together. */
export interface ServerParts {
  readonly service: ServiceState<RequestResponsePattern>;
  readonly requestTypes: MessageTypes;
  readonly responseTypes: MessageTypes;
  readonly entry: PortEntry;
  readonly wakeUps: ServerWakeUps;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly numberOfChannels: number;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxLoanedResponsesPerRequest: number;
  readonly initialMaxSliceLen: number;
}

export class ServerPort<Q extends PayloadType, S extends PayloadType, QH extends Header, SH extends Header>
  implements Server<Q, S, QH, SH>, NodeResource
{
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxLoanedResponsesPerRequest: number;
  readonly initialMaxSliceLen: number;
  readonly #service: ServiceState<RequestResponsePattern>;
  readonly #entry: PortEntry;
  readonly #receiver: Receiver;
  readonly #reader: MessageReader<RequestHeader>;
  readonly #source: ResponseSource;
  readonly #numberOfChannels: number;
  /** Of the waits for requests. */
  readonly #scope: WaitScope;
  readonly #wakeUps: ServerWakeUps;
  readonly #deaths: PeerDeaths;
  readonly #departures: Departures;
  #isGone = false;

  constructor(parts: ServerParts) {
    const { service, entry, sender, receiver, initialMaxSliceLen } = parts;
    this.#service = service;
    this.#entry = entry;
    this.#receiver = receiver;
    this.#numberOfChannels = parts.numberOfChannels;
    this.backpressureStrategy = parts.backpressureStrategy;
    this.allocationStrategy = parts.allocationStrategy;
    this.maxLoanedResponsesPerRequest = parts.maxLoanedResponsesPerRequest;
    this.initialMaxSliceLen = initialMaxSliceLen;
    const { node } = service;
    this.#scope = new WaitScope(node.os, node.waits.signalMode, entry.origin);
    this.#reader = new MessageReader(receiver, parts.requestTypes, readRequestHeader);
    this.#source = {
      sender,
      writer: new MessageWriter(sender, parts.responseTypes, initialMaxSliceLen),
      maxLoanedResponsesPerRequest: parts.maxLoanedResponsesPerRequest,
      loans: [],
      wakeUps: parts.wakeUps,
      scope: new WaitScope(node.os, node.waits.signalMode, entry.origin),
      afterRelease: () => this.#leaveWhenIdle(),
    };
    this.#wakeUps = parts.wakeUps;
    this.#deaths = new PeerDeaths(sender);
    this.#departures = new Departures(this.#deaths);
    this.#source.scope.onClose(() => this.#departures.look());
    node.adopt(this);
  }

  get id(): bigint {
    return this.#entry.id;
  }

  get name(): string {
    return this.#entry.name;
  }

  get closed(): boolean {
    return this.#scope.isClosed;
  }

  receive(): ActiveRequest<Q, S, QH, SH> | undefined {
    this.#demandOpen();
    return this.#receive();
  }

  #receive(): ActiveRequestHandle<Q, S, QH, SH> | undefined {
    this.#source.sender.keepUpToDate();
    for (;;) {
      const chunk = this.#receiver.receive(FIRST_CHANNEL);
      if (chunk === undefined) return undefined;
      const request = this.#accept(chunk);
      if (request !== undefined) return request;
    }
  }

  hasRequests(): boolean {
    this.#demandOpen();
    if (this.#service.pattern.enableFireAndForgetRequests) return this.#receiver.hasChunks(FIRST_CHANNEL);
    this.#receiver.updateConnections();
    return this.#receiver.activeConnections.some((connection) => connection.hasChunks(FIRST_CHANNEL));
  }

  [Symbol.asyncIterator](): AsyncIterator<ActiveRequest<Q, S, QH, SH>, void> {
    return this.requests();
  }

  requests(options: LoopOptions = {}): AsyncIterableIterator<ActiveRequest<Q, S, QH, SH>> {
    this.#demandOpen();
    return this.#loop({ take: () => this.#receive() }).run(options);
  }

  async serve(
    handler: RequestHandler<Q, S, QH, SH>,
    options: ServeOptions<Q, S, QH, SH> = {},
  ): Promise<void> {
    this.#demandOpen();
    const { origin } = this.#entry;
    const served = {
      origin,
      departures: this.#departures,
      receive: () => this.#receive(),
      loop: (source: MessageSource<ActiveRequestHandle<Q, S, QH, SH>>) => this.#loop(source),
    };
    return new Serving<Q, S, QH, SH>(served, handler, options).run();
  }

  #loop(
    source: MessageSource<ActiveRequestHandle<Q, S, QH, SH>>,
  ): MessageLoop<ActiveRequestHandle<Q, S, QH, SH>> {
    return new MessageLoop(this.#scope, source, this.#wakeUps.waking);
  }

  updateConnections(): void {
    this.#demandOpen();
    this.#receiver.updateConnections();
    this.#source.sender.updateConnections();
  }

  close(): void {
    if (this.closed) return;
    this.#scope.close();
    this.#leaveWhenIdle();
  }

  closeWithNode(): void {
    this.close();
    this.#source.scope.close();
    for (const loan of this.#source.loans) loan?.[Symbol.dispose]();
    for (const { request } of this.#receiver.borrowed) {
      responsesOf(request as ActiveRequestHandle<Q, S, QH, SH>).end();
    }
    this.#reader.detachAll();
    this.#leaveWhenIdle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The request that was just received, unless it is nonsense or nobody waits for it. */
  #accept(chunk: ReceivedChunk): ActiveRequestHandle<Q, S, QH, SH> | undefined {
    const length = this.#reader.checkedLength(chunk);
    if (length < 0) return undefined;
    const { memory, base } = chunk;
    const channel = readChannelId(memory, base);
    if (!(channel < this.#numberOfChannels)) {
      this.#receiver.discard(chunk);
      log("warn", this.#entry.origin, `a request was discarded: there is no response channel ${channel}.`);
      return undefined;
    }
    const requestId = readRequestId(memory, base);
    const request = new ActiveRequestHandle<Q, S, QH, SH>(
      this.#reader,
      chunk,
      length,
      this.#source,
      channel,
      requestId,
    );
    if (this.#service.pattern.enableFireAndForgetRequests || request.isConnected) return request;
    request.release();
    return undefined;
  }

  /** Clients need its memory and its place in the service as long as anything of it is open. */
  #leaveWhenIdle(): void {
    const { sender } = this.#source;
    const isIdle = sender.loans === 0 && this.#receiver.numberOfBorrowed === 0;
    if (!this.closed || this.#isGone || !isIdle) return;
    this.#isGone = true;
    this.#source.scope.close();
    this.#deaths.close();
    this.#service.node.disown(this);
    this.#entry.deregister();
    sender.pool.remove();
    sender.close();
    this.#receiver.close();
    this.#entry.remove("sender", "receiver");
    this.#wakeUps.close();
  }

  #demandOpen(): void {
    if (this.closed) throw new ClosedError(this.#entry.origin);
  }
}
