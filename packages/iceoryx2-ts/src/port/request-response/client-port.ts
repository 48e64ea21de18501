import { ClosedError } from "../../base/general-errors.ts";
import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { WaitScope } from "../../lifecycle/wait-scope.ts";
import type { WaitOptions } from "../../lifecycle/waiting.ts";
import type { Input, PayloadType, Value } from "../../payload/meaning.ts";
import type { RequestResponsePattern } from "../../service/messaging-pattern.ts";
import { type Header, type Lender, type Loan, type LoanArguments, MessageLoan } from "../common/loan.ts";
import { MessageReader } from "../common/message-reader.ts";
import type { MessageTypes } from "../common/message-types.ts";
import { MessageWriter, type SendExtras } from "../common/message-writer.ts";
import type { PortEntry } from "../common/port-entry.ts";
import type { Receiver } from "../common/receiver.ts";
import { NO_ROOM, type Sender } from "../common/sender.ts";
import { type CallOptions, Calls } from "./calls.ts";
import type { Client } from "./client.ts";
import { PeerDeaths } from "./peer-deaths.ts";
import { type PendingResponse, PendingResponseHandle, type RequestOrigin } from "./pending-response.ts";
import { writeRequestIdentity } from "./request-header.ts";
import { RequestSendError } from "./request-response-port-errors.ts";
import type { Response } from "./response.ts";
import { ResponseChannels } from "./response-channels.ts";
import { readResponseHeader } from "./response-header.ts";
import type { ClientWakeUps } from "./wake-up-calls.ts";

/** What `createClient` put together. */
export interface ClientParts {
  readonly service: ServiceState<RequestResponsePattern>;
  readonly requestTypes: MessageTypes;
  readonly responseTypes: MessageTypes;
  readonly entry: PortEntry;
  readonly wakeUps: ClientWakeUps;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly numberOfChannels: number;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxActiveRequests: number;
  readonly initialMaxSliceLen: number;
}

export class ClientPort<Q extends PayloadType, S extends PayloadType, QH extends Header, SH extends Header>
  implements Client<Q, S, QH, SH>, Lender<PendingResponse<Q, S, QH, SH>>, NodeResource
{
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxActiveRequests: number;
  readonly initialMaxSliceLen: number;
  readonly #service: ServiceState<RequestResponsePattern>;
  readonly #entry: PortEntry;
  readonly #parts: RequestOrigin;
  /** What users hold. */
  readonly #pending: Set<PendingResponseHandle<Q, S, QH, SH>> = new Set();
  readonly #whenReleased: (pending: PendingResponseHandle<Q, S, QH, SH>) => void;
  readonly #wakeUps: ClientWakeUps;
  readonly #deaths: PeerDeaths;
  /** Of the calls; closes with this handle. */
  readonly #scope: WaitScope;
  readonly #calls: Calls<Q, S, QH, SH>;
  #nextRequestId = 0n;
  #isGone = false;

  constructor(parts: ClientParts) {
    const { service, entry, sender, receiver, initialMaxSliceLen } = parts;
    this.#service = service;
    this.#entry = entry;
    this.backpressureStrategy = parts.backpressureStrategy;
    this.allocationStrategy = parts.allocationStrategy;
    this.maxActiveRequests = parts.maxActiveRequests;
    this.initialMaxSliceLen = initialMaxSliceLen;
    const { os, waits } = service.node;
    const { waking } = parts.wakeUps;
    this.#wakeUps = parts.wakeUps;
    this.#deaths = new PeerDeaths(sender);
    const describePending = (): string => `the pending response of ${entry.origin}`;
    const watchServers = (wake: () => void): (() => void) => this.#deaths.subscribe(wake);
    this.#parts = {
      sender,
      writer: new MessageWriter(sender, parts.requestTypes, initialMaxSliceLen),
      receiver,
      reader: new MessageReader(receiver, parts.responseTypes, readResponseHeader, () =>
        this.#leaveWhenIdle(),
      ),
      channels: new ResponseChannels(receiver, parts.numberOfChannels),
      watchServers,
      waking,
      newScope: () => new WaitScope(os, waits.signalMode, describePending()),
      describePending,
    };
    this.#scope = new WaitScope(os, waits.signalMode, entry.origin);
    this.#calls = new Calls<Q, S, QH, SH>({
      origin: entry.origin,
      scope: this.#scope,
      trySend: (value, userHeader) => this.#trySend(value, userHeader),
      countServers: () => this.#countServers(),
      watch: (wake) => {
        const undo = [watchServers(wake), waking.subscribe(wake)];
        return () => {
          for (const stop of undo) stop();
        };
      },
      hasSeenDeathOf: (nodeId) => this.#deaths.hasSeenDeathOf(nodeId),
    });
    this.#whenReleased = (pending) => {
      this.#pending.delete(pending);
      this.#calls.wake();
      this.#leaveWhenIdle();
    };
    service.node.adopt(this);
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

  loan(...[length]: LoanArguments<Q> | []): Loan<Q, QH, PendingResponse<Q, S, QH, SH>> {
    this.#demandOpen();
    return this.#lend(this.#parts.writer.loan(length, true), length);
  }

  loanUninit(...[length]: LoanArguments<Q> | []): Loan<Q, QH, PendingResponse<Q, S, QH, SH>> {
    this.#demandOpen();
    return this.#lend(this.#parts.writer.loan(length, false), length);
  }

  sendCopy(value: Input<Q>, extras?: SendExtras<QH>): PendingResponse<Q, S, QH, SH> {
    this.#demandOpen();
    const chunk = this.#parts.writer.loanCopy(value, extras?.userHeader);
    try {
      return this.sendLoan(chunk);
    } finally {
      this.endLoan(chunk);
    }
  }

  async call(value: Input<Q>, options: CallOptions<QH> = {}): Promise<Value<S>> {
    this.#demandOpen();
    return this.#calls.call(value, options);
  }

  stream(value: Input<Q>, options: CallOptions<QH> = {}): AsyncIterableIterator<Response<S, SH>> {
    this.#demandOpen();
    return this.#calls.stream(value, options);
  }

  async waitForServer(options: WaitOptions = {}): Promise<boolean> {
    this.#demandOpen();
    return this.#calls.waitForServer(options);
  }

  updateConnections(): void {
    this.#demandOpen();
    this.#parts.sender.updateConnections();
    this.#parts.receiver.updateConnections();
  }

  /** @returns undefined if waiting for the end of other requests and loans, or for room at the servers, would help. */
  #trySend(value: Input<Q>, userHeader: unknown): PendingResponseHandle<Q, S, QH, SH> | undefined {
    const { sender, writer } = this.#parts;
    if (this.#pending.size >= this.maxActiveRequests || !sender.mayLoan) return undefined;
    const chunk = writer.loanCopy(value, userHeader);
    try {
      return this.#send(chunk, true);
    } finally {
      sender.endLoan(chunk);
    }
  }

  sendLoan(chunk: number): PendingResponse<Q, S, QH, SH> {
    if (this.#pending.size >= this.maxActiveRequests) throw this.#tooManyRequests();
    const pending = this.#send(chunk, false);
    if (pending === undefined) throw this.#parts.sender.unableToDeliver();
    return pending;
  }

  /**
   * @param demandsServer whether a server, if there is any, must get the request.
   * @returns undefined if waiting for room would help.
   */
  #send(chunk: number, demandsServer: boolean): PendingResponseHandle<Q, S, QH, SH> | undefined {
    const { sender, writer, receiver, channels } = this.#parts;
    // The responses' connections come last: no server gets a request without a channel for its responses.
    sender.keepUpToDate();
    receiver.keepUpToDate();
    const requestId = this.#nextRequestId++;
    const channel = channels.open(requestId);
    const { memory, base } = sender.pool.leaseOf(chunk);
    writeRequestIdentity(memory, base, channel, requestId);
    this.#wakeUps.sign(memory, base + writer.types.layout.userHeaderOffset);
    let receivers = NO_ROOM;
    try {
      receivers = sender.deliver(chunk);
      if (demandsServer && receivers === 0 && sender.connections.length > 0) receivers = NO_ROOM;
    } finally {
      // It may have reached some servers, but nobody waits for their responses.
      if (receivers === NO_ROOM) channels.close(channel, requestId);
    }
    if (receivers === NO_ROOM) return undefined;
    sender.pool.retain(chunk);
    const request = { chunk, channel, requestId, numberOfServerConnections: receivers };
    const pending = new PendingResponseHandle<Q, S, QH, SH>(this.#parts, request, this.#whenReleased);
    this.#pending.add(pending);
    this.#wakeUps.sentRequest();
    return pending;
  }

  endLoan(chunk: number): void {
    this.#parts.sender.endLoan(chunk);
    this.#calls.wake();
    this.#leaveWhenIdle();
  }

  close(): void {
    if (this.closed) return;
    this.#scope.close();
    this.#leaveWhenIdle();
  }

  closeWithNode(): void {
    this.close();
    this.#parts.sender.pool.revokeLoans((chunk) => this.endLoan(chunk));
    for (const pending of [...this.#pending]) pending.release();
    this.#parts.reader.detachAll();
    this.#leaveWhenIdle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #countServers(): number {
    this.#parts.sender.updateConnections();
    return this.#parts.sender.connections.length;
  }

  /** Servers need its memory and its place in the service as long as anything of it is open. */
  #leaveWhenIdle(): void {
    const { sender, receiver } = this.#parts;
    const isIdle = sender.loans === 0 && this.#pending.size === 0 && receiver.numberOfBorrowed === 0;
    if (!this.closed || this.#isGone || !isIdle) return;
    this.#isGone = true;
    this.#deaths.close();
    this.#service.node.disown(this);
    this.#entry.deregister();
    sender.pool.remove();
    sender.close();
    receiver.close();
    this.#entry.remove("sender", "receiver");
    this.#wakeUps.close();
  }

  #demandOpen(): void {
    if (this.closed) throw new ClosedError(this.#entry.origin);
  }

  #lend(chunk: number, length: number | undefined): Loan<Q, QH, PendingResponse<Q, S, QH, SH>> {
    const { sender, writer } = this.#parts;
    type Sent = PendingResponse<Q, S, QH, SH>;
    return new MessageLoan<Q, QH, Sent>(this, writer.types, sender.pool, chunk, length ?? 1);
  }

  #tooManyRequests(): RequestSendError {
    const { origin } = this.#entry;
    return new RequestSendError(
      "ExceedsMaxActiveRequests",
      origin,
      `cannot send from ${origin}: ${this.#pending.size} pending responses are open already (maxActiveRequests: ${this.maxActiveRequests}). Release one, or create the service with a larger maxActiveRequestsPerClient.`,
    );
  }
}
