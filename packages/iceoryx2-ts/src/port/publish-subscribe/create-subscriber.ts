/** Puts a subscriber together, in the order that makes a crash at any step recoverable. */
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import { readPublisherDetails, writeSubscriberDetails } from "../../service/port-details.ts";
import type { PublishSubscribePattern } from "../../service/static-config.ts";
import type { Header } from "../common/loan.ts";
import { chunkDemands, type MessageTypes } from "../common/message-types.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { Receiver } from "../common/receiver.ts";
import type { SenderAddress } from "../common/receiver-connection.ts";
import { eventIds } from "./event-ids.ts";
import { SubscriberCreateError } from "./publish-subscribe-port-errors.ts";
import type { Subscriber, SubscriberOptions } from "./subscriber.ts";
import { SubscriberPort } from "./subscriber-port.ts";

/** @throws SubscriberCreateError, InvalidNameError, InvalidArgumentError; nothing is left behind then. */
export function createSubscriber<T extends PayloadType, H extends Header>(
  service: ServiceState<PublishSubscribePattern>,
  types: MessageTypes,
  options: SubscriberOptions,
): Subscriber<T, H> {
  const { pattern, node } = service;
  const { bufferSize, historyRequest } = checkedOptions(service, options);
  const ids = eventIds(`subscriber of service "${service.name}"`, options.eventIds ?? {});
  const entry = PortEntry.create(
    service,
    "subscriber",
    options.name ?? "",
    (origin, message, cause) =>
      new SubscriberCreateError("UnableToCreatePortTag", origin, message, { cause }),
  );
  let receiver: Receiver | undefined;
  try {
    receiver = new Receiver({
      service,
      portId: entry.id,
      origin: entry.origin,
      what: "sample",
      senders: service.dynamicConfig.bagB,
      readSender: (publisher) => readPublisher(publisher, pattern, bufferSize),
      ...chunkDemands(types),
      maxBorrowedSamples: pattern.subscriberMaxBorrowedSamples,
      expiredConnectionsMax: node.config.defaults.publishSubscribe.subscriberExpiredConnectionBuffer,
      degradationHandler: options.degradationHandler,
    });
    const { id: portId, name: portName } = entry;
    const details = writeSubscriberDetails({ portId, portName, nodeId: node.id, bufferSize, historyRequest });
    if (!entry.register(service.dynamicConfig.bagA, details)) {
      throw tooManySubscribers(entry.origin, pattern.maxSubscribers);
    }
  } catch (error) {
    receiver?.close();
    entry.remove("receiver");
    throw error;
  }
  return new SubscriberPort<T, H>(service, types, entry, receiver, bufferSize, ids);
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
): SenderAddress | undefined {
  const details = readPublisherDetails(publisher);
  if (details === undefined || !(details.numberOfSamples >= 1)) return undefined;
  return {
    senderId: details.portId,
    nodeId: details.nodeId,
    dataSegmentType: details.dataSegmentType,
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
