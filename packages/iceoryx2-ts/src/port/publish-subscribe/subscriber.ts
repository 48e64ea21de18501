import { ClosedError } from "../../base/general-errors.ts";
import { log } from "../../base/log.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import { readPublisherDetails, writeSubscriberDetails } from "../../service/port-details.ts";
import type { PublishSubscribePattern } from "../../service/static-config.ts";
import { isStorageError } from "../../transport/storage-error.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { Receiver } from "../common/receiver.ts";
import type { ReceiverConnection, SenderAddress } from "../common/receiver-connection.ts";
import type { Header } from "./loan.ts";
import type { MessageTypes } from "./message-types.ts";
import { SubscriberCreateError } from "./publish-subscribe-port-errors.ts";
import { ReceivedSample, type Sample, type SampleOwner } from "./sample.ts";
import { readNumberOfElements } from "./sample-header.ts";

export interface SubscriberOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** How many samples wait per publisher at most; the service's maximum by default. */
  readonly bufferSize?: number | undefined;
  /** How many old samples to get from each publisher; as many as possible by default. */
  readonly historyRequest?: number | undefined;
}

/** Receives the samples of all publishers of its service. */
export interface Subscriber<T extends PayloadType, H extends Header = undefined> extends Disposable {
  readonly id: bigint;
  readonly name: string;
  readonly bufferSize: number;
  readonly closed: boolean;
  /**
   * The oldest waiting sample of the first publisher that has one, or undefined. Release it when done.
   *
   * @throws ReceiveError `ExceedsMaxBorrows` if samples wait, but too many are held; nothing is lost.
   * @throws ClosedError
   */
  receive(): Sample<T, H> | undefined;
  /** Whether `receive` would find something. Also connects to publishers that came. */
  hasSamples(): boolean;
  /**
   * Hands every sample that waits to the callback and releases it afterwards, unless `keep()` was called on it.
   * Allocates nothing for payloads of fixed size: the objects belong to the chunks and are used again, so do not
   * hold on to a sample that you do not keep.
   *
   * @returns how many samples there were.
   */
  drain(callback: (sample: Sample<T, H>) => void): number;
  /** Leaves the service. Samples that are still held go on showing their bytes. */
  close(): void;
}

export class SubscriberPort<T extends PayloadType, H extends Header>
  implements Subscriber<T, H>, SampleOwner
{
  readonly bufferSize: number;
  readonly receiver: Receiver;
  readonly types: MessageTypes;
  readonly describeSample: () => string;
  readonly #service: ServiceState<PublishSubscribePattern>;
  readonly #entry: PortEntry;
  /** What `drain` hands out: one object per chunk, so at most as many as the publishers have chunks. */
  readonly #reusable: WeakMap<ReceiverConnection, (ReceivedSample<T, H> | undefined)[]> = new WeakMap();
  #closed = false;

  constructor(
    service: ServiceState<PublishSubscribePattern>,
    types: MessageTypes,
    entry: PortEntry,
    receiver: Receiver,
    bufferSize: number,
  ) {
    this.#service = service;
    this.types = types;
    this.#entry = entry;
    this.receiver = receiver;
    this.bufferSize = bufferSize;
    this.describeSample = () => `the sample of ${entry.origin}`;
    service.node.adopt(this);
  }

  get id(): bigint {
    return this.#entry.id;
  }

  get name(): string {
    return this.#entry.name;
  }

  get closed(): boolean {
    return this.#closed;
  }

  receive(): Sample<T, H> | undefined {
    this.#demandOpen();
    for (;;) {
      const connection = this.receiver.receive();
      if (connection === undefined) return undefined;
      const length = this.#checkedLength(connection);
      if (length < 0) continue;
      const sample = new ReceivedSample<T, H>(this, connection, connection.bucket);
      sample.open(length);
      return sample;
    }
  }

  hasSamples(): boolean {
    this.#demandOpen();
    return this.receiver.hasChunks;
  }

  drain(callback: (sample: Sample<T, H>) => void): number {
    this.#demandOpen();
    const { receiver } = this;
    receiver.updateConnections();
    let count = 0;
    for (const connection of receiver.expiredConnections) count += this.#drainOne(connection, callback);
    for (const connection of receiver.activeConnections) count += this.#drainOne(connection, callback);
    return count;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#service.node.disown(this);
    // A publisher takes every chunk back as soon as the entry is gone.
    this.receiver.detachBorrowers();
    this.#entry.deregister();
    this.receiver.close();
    this.#entry.remove();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #demandOpen(): void {
    if (this.#closed) throw new ClosedError(this.#entry.origin);
  }

  /** At most a full buffer, so that a publisher that never pauses does not keep the caller for ever. */
  #drainOne(connection: ReceiverConnection, callback: (sample: Sample<T, H>) => void): number {
    let count = 0;
    while (count < connection.capacity && !this.#closed && this.receiver.receiveFrom(connection)) {
      count++;
      const length = this.#checkedLength(connection);
      if (length < 0) continue;
      const sample = this.#reuse(connection);
      sample.open(length);
      try {
        callback(sample);
      } finally {
        if (sample.isKept) this.#reusable.get(connection)![sample.bucket] = undefined;
        else sample.release();
      }
    }
    return count;
  }

  #reuse(connection: ReceiverConnection): ReceivedSample<T, H> {
    let samples = this.#reusable.get(connection);
    if (samples === undefined) {
      samples = new Array<ReceivedSample<T, H> | undefined>(connection.segment.numberOfBuckets).fill(
        undefined,
      );
      this.#reusable.set(connection, samples);
    }
    const { bucket } = connection;
    samples[bucket] ??= new ReceivedSample<T, H>(this, connection, bucket);
    return samples[bucket];
  }

  /** The number of elements of the chunk that was just taken; -1 if it was nonsense and went back. */
  #checkedLength(connection: ReceiverConnection): number {
    const { payload, layout } = this.types;
    if (payload.kind === "fixed") return 1;
    const { region, bucketSize } = connection.segment;
    const length = readNumberOfElements(region.view, connection.chunkOffset(connection.bucket));
    if (layout.payloadOffset + length * layout.elementStride <= bucketSize) return length;
    this.receiver.discard(connection);
    const { origin } = this.#entry;
    log("warn", origin, `a sample of ${length} elements was discarded: its publisher's chunks hold fewer.`);
    return -1;
  }
}

/** @throws SubscriberCreateError, InvalidNameError, InvalidArgumentError; nothing is left behind then. */
export function createSubscriber<T extends PayloadType, H extends Header>(
  service: ServiceState<PublishSubscribePattern>,
  types: MessageTypes,
  options: SubscriberOptions,
): Subscriber<T, H> {
  const { pattern, node } = service;
  const { bufferSize, historyRequest } = checkedOptions(service, options);
  const entry = createEntry(service, options.name);
  let receiver: Receiver | undefined;
  try {
    receiver = new Receiver({
      service,
      portId: entry.id,
      origin: entry.origin,
      senders: service.dynamicConfig.bagB,
      readSender: (publisher) => readPublisher(publisher, pattern, bufferSize, entry.origin),
      chunkAlignment: types.layout.alignment,
      chunkSizeMin: types.layout.chunkSize(types.payload.kind === "fixed" ? 1 : 0),
      maxBorrowedSamples: pattern.subscriberMaxBorrowedSamples,
      expiredConnectionsMax: node.config.defaults.publishSubscribe.subscriberExpiredConnectionBuffer,
    });
    const { id: portId, name: portName } = entry;
    const details = writeSubscriberDetails({ portId, portName, nodeId: node.id, bufferSize, historyRequest });
    if (!entry.register(service.dynamicConfig.bagA, details)) {
      throw tooManySubscribers(entry.origin, pattern.maxSubscribers);
    }
  } catch (error) {
    receiver?.close();
    entry.remove();
    throw error;
  }
  return new SubscriberPort<T, H>(service, types, entry, receiver, bufferSize);
}

function checkedOptions(
  { pattern, name }: ServiceState<PublishSubscribePattern>,
  options: SubscriberOptions,
): { readonly bufferSize: number; readonly historyRequest: number } {
  const what = `subscriber of service "${name}"`;
  const count = (option: "bufferSize" | "historyRequest", fallback: number): number =>
    countOption(what, option, options[option], fallback, Number.MAX_SAFE_INTEGER);
  const maximum = pattern.subscriberMaxBufferSize;
  const bufferSize = Math.max(1, count("bufferSize", maximum));
  if (bufferSize > maximum) {
    throw new SubscriberCreateError(
      "BufferSizeExceedsMaxSupportedBufferSizeOfService",
      what,
      `cannot create a ${what}: bufferSize is ${bufferSize}, but the service allows ${maximum} (subscriberMaxBufferSize). Ask for less, or create the service with more.`,
    );
  }
  const historyRequest = count("historyRequest", Math.min(pattern.historySize, bufferSize));
  if (historyRequest > pattern.historySize) {
    throw new SubscriberCreateError(
      "HistoryRequestExceedsHistorySizeOfService",
      what,
      `cannot create a ${what}: historyRequest is ${historyRequest}, but the service keeps ${pattern.historySize} (historySize). Ask for less, or create the service with more.`,
    );
  }
  if (historyRequest > bufferSize) {
    throw new SubscriberCreateError(
      "HistoryRequestExceedsBufferSizeOfSubscriber",
      what,
      `cannot create a ${what}: historyRequest is ${historyRequest}, but its buffer holds ${bufferSize} (bufferSize). Ask for less, or for a larger buffer.`,
    );
  }
  return { bufferSize, historyRequest };
}

function createEntry(service: ServiceState, name: string | undefined): PortEntry {
  try {
    return new PortEntry(service, "subscriber", name);
  } catch (cause) {
    if (!isStorageError(cause)) throw cause;
    const origin = `subscriber of service "${service.name}"`;
    const message = `cannot create a ${origin}: ${cause.message}`;
    throw new SubscriberCreateError("UnableToCreatePortTag", origin, message, { cause });
  }
}

function tooManySubscribers(origin: string, maxSubscribers: number): SubscriberCreateError {
  return new SubscriberCreateError(
    "ExceedsMaxSupportedSubscribers",
    origin,
    `cannot create ${origin}: it has ${maxSubscribers} subscribers already (maxSubscribers: ${maxSubscribers}). Close one, or create the service with a larger maxSubscribers.`,
  );
}

/** What a subscriber must know of a publisher; undefined if it cannot receive from it. */
function readPublisher(
  publisher: Uint8Array,
  pattern: PublishSubscribePattern,
  bufferSize: number,
  origin: string,
): SenderAddress | undefined {
  const details = readPublisherDetails(publisher);
  if (details === undefined || !(details.numberOfSamples >= 1)) return undefined;
  if (details.dataSegmentType === "Dynamic") {
    log(
      "warn",
      origin,
      `publisher ${details.portId} is not received: its data segment grows (allocation strategy BestFit or PowerOfTwo), which is not supported yet.`,
    );
    return undefined;
  }
  return {
    senderId: details.portId,
    parameters: {
      bufferSize,
      maxBorrowedSamples: pattern.subscriberMaxBorrowedSamples,
      enableSafeOverflow: pattern.enableSafeOverflow,
      samplesPerSegment: details.numberOfSamples,
      numberOfSegments: details.maxNumberOfSegments,
      numberOfChannels: 1,
    },
  };
}
