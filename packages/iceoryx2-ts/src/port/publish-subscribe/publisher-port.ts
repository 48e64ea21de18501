import { ClosedError } from "../../base/general-errors.ts";
import type { AllocationStrategy, BackpressureStrategy } from "../../config/settings.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { WaitScope } from "../../lifecycle/wait-scope.ts";
import type { WaitOptions } from "../../lifecycle/waiting.ts";
import type { Input, PayloadType } from "../../payload/meaning.ts";
import type { PublishSubscribePattern } from "../../service/messaging-pattern.ts";
import type { Attempts } from "../common/attempts.ts";
import { sendBlocking } from "../common/blocking-send.ts";
import { type Header, type Loan, type LoanArguments, MessageLoan } from "../common/loan.ts";
import type { MessageTypes } from "../common/message-types.ts";
import { MessageWriter, type SendExtras } from "../common/message-writer.ts";
import { outgoing, sendInTurn, type WaitingLender } from "../common/outgoing.ts";
import type { PortEntry } from "../common/port-entry.ts";
import { SendError } from "../common/port-errors.ts";
import { SendQueue } from "../common/send-queue.ts";
import { NO_ROOM, type Sender } from "../common/sender.ts";
import type { Publisher } from "./publisher.ts";
import type { PublisherEvents } from "./publisher-events.ts";

/** What `createPublisher` put together. */
export interface PublisherParts {
  readonly service: ServiceState<PublishSubscribePattern>;
  readonly types: MessageTypes;
  readonly entry: PortEntry;
  readonly sender: Sender;
  /** Undefined for a publisher that notifies nobody. */
  readonly events: PublisherEvents | undefined;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxLoanedSamples: number;
  readonly initialMaxSliceLen: number;
}

export class PublisherPort<T extends PayloadType, H extends Header>
  implements Publisher<T, H>, WaitingLender, NodeResource
{
  readonly backpressureStrategy: BackpressureStrategy;
  readonly allocationStrategy: AllocationStrategy;
  readonly maxLoanedSamples: number;
  readonly initialMaxSliceLen: number;
  readonly origin: string;
  readonly #service: ServiceState<PublishSubscribePattern>;
  readonly #writer: MessageWriter;
  readonly #entry: PortEntry;
  readonly #sender: Sender;
  readonly #events: PublisherEvents | undefined;
  readonly #scope: WaitScope;
  readonly #queue: SendQueue;
  #isGone = false;

  constructor(parts: PublisherParts) {
    this.#service = parts.service;
    this.#writer = new MessageWriter(parts.sender, parts.types, parts.initialMaxSliceLen);
    this.#entry = parts.entry;
    this.origin = parts.entry.origin;
    this.#sender = parts.sender;
    this.#events = parts.events;
    this.backpressureStrategy = parts.backpressureStrategy;
    this.allocationStrategy = parts.allocationStrategy;
    this.maxLoanedSamples = parts.maxLoanedSamples;
    this.initialMaxSliceLen = parts.initialMaxSliceLen;
    const { node } = parts.service;
    this.#scope = new WaitScope(node.os, node.waits.signalMode, this.origin);
    this.#queue = new SendQueue(this.#scope, this.origin);
    node.adopt(this);
    const hasHistory = parts.service.pattern.historySize > 0;
    this.#events?.start({
      onSubscriberConnected: () => {
        this.#sender.updateConnections();
        return hasHistory;
      },
      onReceivedSample: () => this.#queue.wake(),
    });
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

  loan(...length: LoanArguments<T> | []): Loan<T, H> {
    return this.#lend(length[0], true);
  }

  loanUninit(...length: LoanArguments<T> | []): Loan<T, H> {
    return this.#lend(length[0], false);
  }

  sendCopy(value: Input<T>, extras?: SendExtras<H>): number {
    this.#demandOpen();
    const chunk = this.loanCopy(value, extras?.userHeader);
    try {
      return this.sendLoan(chunk);
    } finally {
      this.endLoan(chunk);
    }
  }

  async send(value: Input<T> | Loan<T, H>, options: WaitOptions & SendExtras<H> = {}): Promise<number> {
    this.#demandOpen();
    return sendInTurn(this.#queue, this, value, options);
  }

  sendSync(value: Input<T> | Loan<T, H>, timeout: number, extras?: SendExtras<H>): number {
    this.#demandOpen();
    const message = outgoing(this, value, extras?.userHeader);
    let isSent = false;
    try {
      const receivers = sendBlocking(this.#service.node.os, this.origin, timeout, () => {
        const result = message.attempt();
        if (result === undefined) this.#sender.demandOtherThread();
        return result;
      });
      isSent = true;
      return receivers;
    } finally {
      message.end(isSent);
    }
  }

  updateConnections(): void {
    this.#demandOpen();
    this.#sender.updateConnections();
  }

  loanCopy(value: unknown, userHeader: unknown): number {
    return this.#writer.loanCopy(value, userHeader);
  }

  sendLoan(chunk: number): number {
    this.#demandSender();
    const receivers = this.#sender.send(chunk);
    this.#events?.sentSample();
    return receivers;
  }

  trySend(chunk: number, attempts: Attempts): number {
    this.#demandSender();
    const receivers = this.#sender.trySend(chunk, attempts);
    if (receivers !== NO_ROOM) this.#events?.sentSample();
    return receivers;
  }

  #demandSender(): void {
    if (!this.closed) return;
    const { origin } = this.#entry;
    throw new SendError(
      "ConnectionBrokenSinceSenderNoLongerExists",
      origin,
      `cannot send from ${origin}: it was closed after the loan was made. Release the loan.`,
    );
  }

  endLoan(chunk: number): void {
    this.#sender.endLoan(chunk);
    if (this.closed) this.#removeWhenIdle();
  }

  close(): void {
    if (this.closed) return;
    this.#scope.close();
    this.#entry.deregister();
    this.#events?.close(true);
    this.#removeWhenIdle();
  }

  closeWithNode(): void {
    this.close();
    this.#sender.pool.revokeLoans((chunk) => this.endLoan(chunk));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The memory stays as long as somebody may write into it. */
  #removeWhenIdle(): void {
    if (this.#sender.loans > 0 || this.#isGone) return;
    this.#isGone = true;
    this.#service.node.disown(this);
    this.#sender.pool.remove();
    this.#sender.close();
    this.#entry.remove("sender");
  }

  #demandOpen(): void {
    if (this.closed) throw new ClosedError(this.#entry.origin);
  }

  #lend(length: number | undefined, isZeroed: boolean): Loan<T, H> {
    this.#demandOpen();
    const chunk = this.#writer.loan(length, isZeroed);
    return new MessageLoan<T, H, number>(this, this.#writer.types, this.#sender.pool, chunk, length ?? 1);
  }
}
