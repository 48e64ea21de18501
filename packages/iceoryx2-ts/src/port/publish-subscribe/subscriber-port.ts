import { ClosedError } from "../../base/general-errors.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { WaitScope } from "../../lifecycle/wait-scope.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { PublishSubscribePattern } from "../../service/messaging-pattern.ts";
import type { Header } from "../common/loan.ts";
import { type LoopOptions, MessageLoop, type WakeUps } from "../common/message-loop.ts";
import { MessageReader } from "../common/message-reader.ts";
import type { MessageTypes } from "../common/message-types.ts";
import type { PortEntry } from "../common/port-entry.ts";
import type { ReceivedChunk } from "../common/received-chunk.ts";
import { isKept, ReceivedMessage, reopenMessage } from "../common/received-message.ts";
import { FIRST_CHANNEL, type Receiver } from "../common/receiver.ts";
import type { ReceiverConnection } from "../common/receiver-connection.ts";
import type { EventIds } from "./event-ids.ts";
import type { Sample } from "./sample.ts";
import { readSampleHeader, type SampleHeader } from "./sample-header.ts";
import type { Subscriber } from "./subscriber.ts";
import { SubscriberEvents } from "./subscriber-events.ts";

type ReceivedSample<T extends PayloadType, H extends Header> = ReceivedMessage<T, H, SampleHeader>;

export class SubscriberPort<T extends PayloadType, H extends Header>
  implements Subscriber<T, H>, NodeResource
{
  readonly bufferSize: number;
  readonly #receiver: Receiver;
  readonly #reader: MessageReader<SampleHeader>;
  readonly #service: ServiceState<PublishSubscribePattern>;
  readonly #entry: PortEntry;
  readonly #scope: WaitScope;
  readonly #events: SubscriberEvents;
  readonly #loop: MessageLoop<ReceivedSample<T, H>>;

  constructor(
    service: ServiceState<PublishSubscribePattern>,
    types: MessageTypes,
    entry: PortEntry,
    receiver: Receiver,
    bufferSize: number,
    ids: EventIds,
  ) {
    this.#service = service;
    this.#entry = entry;
    this.#receiver = receiver;
    this.#reader = new MessageReader(receiver, types, readSampleHeader);
    this.bufferSize = bufferSize;
    const { node } = service;
    this.#scope = new WaitScope(node.os, node.waits.signalMode, entry.origin);
    this.#events = new SubscriberEvents(node, service.name, entry.origin, ids);
    this.#loop = new MessageLoop(this.#scope, { take: () => this.#receive() }, this.#events);
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

  get wakeUps(): WakeUps {
    return this.#loop.wakeUps;
  }

  receive(): Sample<T, H> | undefined {
    this.#demandOpen();
    return this.#receive();
  }

  #receive(): ReceivedSample<T, H> | undefined {
    for (;;) {
      const chunk = this.#receiver.receive(FIRST_CHANNEL);
      if (chunk === undefined) return undefined;
      const length = this.#reader.checkedLength(chunk);
      if (length >= 0) return new ReceivedMessage(this.#reader, chunk, length);
    }
  }

  hasSamples(): boolean {
    this.#demandOpen();
    return this.#receiver.hasChunks(FIRST_CHANNEL);
  }

  drain(callback: (sample: Sample<T, H>) => void): number {
    this.#demandOpen();
    const receiver = this.#receiver;
    receiver.keepUpToDate();
    let count = 0;
    if (receiver.expiredConnections.length > 0)
      count += this.#drainAll(receiver.expiredConnections, callback);
    count += this.#drainAll(receiver.activeConnections, callback);
    if (count === 0) receiver.demandBorrowable(FIRST_CHANNEL);
    return count;
  }

  [Symbol.asyncIterator](): AsyncIterator<Sample<T, H>, void> {
    return this.samples();
  }

  samples(options: LoopOptions = {}): AsyncIterableIterator<Sample<T, H>> {
    this.#demandOpen();
    return this.#loop.run(options);
  }

  close(): void {
    if (this.closed) return;
    this.#scope.close();
    this.#service.node.disown(this);
    // A publisher takes every chunk back as soon as the entry is gone.
    this.#reader.detachAll();
    this.#entry.deregister();
    this.#receiver.close();
    this.#entry.remove("receiver");
    this.#events.close();
  }

  closeWithNode(): void {
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #demandOpen(): void {
    if (this.closed) throw new ClosedError(this.#entry.origin);
  }

  #drainAll(connections: readonly ReceiverConnection[], callback: (sample: Sample<T, H>) => void): number {
    let count = 0;
    for (let i = 0; i < connections.length; i++) count += this.#drainOne(connections[i]!, callback);
    return count;
  }

  /** What waits now and no more, so that a publisher that never pauses does not keep the caller for ever. */
  #drainOne(connection: ReceiverConnection, callback: (sample: Sample<T, H>) => void): number {
    let count = 0;
    for (let waiting = connection.waiting(FIRST_CHANNEL); waiting > 0 && !this.closed; waiting--) {
      if (!this.#receiver.receiveFrom(connection, FIRST_CHANNEL)) break;
      count++;
      const { chunk } = connection;
      const length = this.#reader.checkedLength(chunk);
      if (length < 0) continue;
      const sample = this.#show(chunk, length);
      try {
        callback(sample);
      } finally {
        if (isKept(sample)) chunk.reusable = undefined;
        else sample.release();
      }
    }
    return count;
  }

  /** A sample of the chunk; the one that showed it last time, unless the user keeps that. */
  #show(chunk: ReceivedChunk, length: number): ReceivedSample<T, H> {
    if (chunk.reusable !== undefined) {
      reopenMessage(chunk.reusable, length);
      return chunk.reusable as ReceivedSample<T, H>;
    }
    const sample: ReceivedSample<T, H> = new ReceivedMessage(this.#reader, chunk, length);
    chunk.reusable = sample;
    return sample;
  }
}
