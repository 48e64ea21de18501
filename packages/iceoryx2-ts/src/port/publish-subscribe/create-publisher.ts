/** Puts a publisher together, in the order that makes a crash at any step recoverable. */
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import { readSubscriberDetails, writePublisherDetails } from "../../service/port-details.ts";
import type { PublishSubscribePattern } from "../../service/static-config.ts";
import type { ChunkPool } from "../common/chunk-pool.ts";
import type { Header } from "../common/loan.ts";
import type { MessageTypes } from "../common/message-types.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { Sender } from "../common/sender.ts";
import type { ReceiverAddress } from "../common/sender-connection.ts";
import { createPool, type SendingMemory, sendingMemory } from "../common/sending-options.ts";
import { type EventIds, eventIds } from "./event-ids.ts";
import { PublisherCreateError } from "./publish-subscribe-port-errors.ts";
import type { Publisher, PublisherOptions } from "./publisher.ts";
import { PublisherEvents } from "./publisher-events.ts";
import { PublisherPort } from "./publisher-port.ts";
import { writeSampleHeader } from "./sample-header.ts";

/** Above it no number makes sense; it keeps size arithmetic exact. */
const LOANS_MAX = 2 ** 24;

/** @throws PublisherCreateError, InvalidNameError, InvalidArgumentError; nothing is left behind then. */
export function createPublisher<T extends PayloadType, H extends Header>(
  service: ServiceState<PublishSubscribePattern>,
  types: MessageTypes,
  options: PublisherOptions,
): Publisher<T, H> {
  const { pattern, node } = service;
  const what = `publisher of service "${service.name}"`;
  const defaults = node.config.defaults.publishSubscribe;
  const maxLoanedSamples = countOption(
    what,
    "maxLoanedSamples",
    options.maxLoanedSamples,
    defaults.publisherMaxLoanedSamples,
    LOANS_MAX,
  );
  const ids = notifiedIds(what, options.notify);
  const backpressureStrategy = options.backpressureStrategy ?? defaults.backpressureStrategy;
  const memory = sendingMemory(what, types, options, defaults.publisherAllocationStrategy, {
    worstCase:
      pattern.maxSubscribers * (pattern.subscriberMaxBufferSize + pattern.subscriberMaxBorrowedSamples) +
      pattern.historySize +
      maxLoanedSamples,
    override: options.overrideSamplePreallocation,
    option: "overrideSamplePreallocation",
  });
  const toError =
    (code: "UnableToCreatePortTag" | "UnableToCreateDataSegment") =>
    (origin: string, message: string, cause: unknown): PublisherCreateError =>
      new PublisherCreateError(code, origin, message, { cause });
  const entry = PortEntry.create(service, "publisher", options.name ?? "", toError("UnableToCreatePortTag"));
  const { id: portId, name: portName, origin } = entry;
  let events: PublisherEvents | undefined;
  let pool: ChunkPool | undefined;
  let sender: Sender | undefined;
  try {
    if (ids !== undefined) events = new PublisherEvents(node, service.name, origin, ids);
    const prepareChunk = (view: DataView, at: number): void => writeSampleHeader(view, at, node.id, portId);
    pool = createPool(service, types, entry, memory, prepareChunk, toError("UnableToCreateDataSegment"));
    sender = new Sender({
      service,
      pool,
      portId,
      origin,
      what: "sample",
      receivers: service.dynamicConfig.bagA,
      readReceiver: (subscriber) => readSubscriber(subscriber, pattern, memory),
      maxLoans: maxLoanedSamples,
      maxLoansOption: { name: "maxLoanedSamples", of: "publisher" },
      historySize: pattern.historySize,
      enableSafeOverflow: pattern.enableSafeOverflow,
      backpressureStrategy,
      backpressureHandler: options.backpressureHandler,
      degradationHandler: options.degradationHandler,
    });
    const numberOfSamples = memory.numberOfChunks;
    const details = { portId, portName, nodeId: node.id, numberOfSamples, ...memory.details };
    if (!entry.register(service.dynamicConfig.bagB, writePublisherDetails(details))) {
      throw tooManyPublishers(origin, pattern.maxPublishers);
    }
  } catch (error) {
    pool?.remove();
    sender?.close();
    entry.remove("sender");
    events?.close(false);
    throw error;
  }
  return new PublisherPort<T, H>({
    service,
    types,
    entry,
    sender,
    events,
    backpressureStrategy,
    allocationStrategy: memory.allocationStrategy,
    maxLoanedSamples,
    initialMaxSliceLen: memory.initialMaxSliceLen,
  });
}

/** @returns undefined for a publisher that notifies nobody. @throws InvalidArgumentError */
function notifiedIds(what: string, notify: PublisherOptions["notify"]): EventIds | undefined {
  if (notify === undefined || notify === false) return undefined;
  return eventIds(what, notify === true ? {} : notify);
}

function tooManyPublishers(origin: string, maxPublishers: number): PublisherCreateError {
  return new PublisherCreateError(
    "ExceedsMaxSupportedPublishers",
    origin,
    `cannot create ${origin}: it has ${maxPublishers} publishers already (maxPublishers: ${maxPublishers}). Close one, or create the service with a larger maxPublishers.`,
  );
}

/** What a publisher must know of a subscriber; undefined if its entry contradicts the service. */
function readSubscriber(
  subscriber: Uint8Array,
  pattern: PublishSubscribePattern,
  { numberOfChunks, details }: SendingMemory,
): ReceiverAddress | undefined {
  const { portId, nodeId, bufferSize, historyRequest } = readSubscriberDetails(subscriber);
  if (!(bufferSize >= 1 && bufferSize <= pattern.subscriberMaxBufferSize)) return undefined;
  return {
    receiverId: portId,
    nodeId,
    historyRequest: Number.isNaN(historyRequest) ? 0 : historyRequest,
    parameters: {
      bufferSize,
      maxBorrowedSamples: pattern.subscriberMaxBorrowedSamples,
      enableSafeOverflow: pattern.enableSafeOverflow,
      samplesPerSegment: numberOfChunks,
      numberOfSegments: details.maxNumberOfSegments,
      numberOfChannels: 1,
    },
  };
}
