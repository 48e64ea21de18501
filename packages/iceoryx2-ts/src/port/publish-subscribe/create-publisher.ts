/** Puts a publisher together, in the order that makes a crash at any step recoverable. */
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import {
  type PublisherDetails,
  readSubscriberDetails,
  writePublisherDetails,
} from "../../service/port-details.ts";
import type { PublishSubscribePattern } from "../../service/static-config.ts";
import { DataSegment } from "../../transport/data-segment.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { Sender } from "../common/sender.ts";
import type { ReceiverAddress } from "../common/sender-connection.ts";
import type { Header } from "./loan.ts";
import type { MessageTypes } from "./message-types.ts";
import { PublisherCreateError } from "./publish-subscribe-port-errors.ts";
import { type Publisher, type PublisherOptions, PublisherPort } from "./publisher.ts";
import { writeSampleHeader } from "./sample-header.ts";

/** Above these no option makes sense; they keep size arithmetic exact. */
const SLICE_LENGTH_MAX = 2 ** 40;
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
  const count = (
    name: "maxLoanedSamples" | "initialMaxSliceLen",
    fallback: number,
    maximum: number,
  ): number => countOption(what, name, options[name], fallback, maximum);
  const maxLoanedSamples = count("maxLoanedSamples", defaults.publisherMaxLoanedSamples, LOANS_MAX);
  const longestSlice = count("initialMaxSliceLen", 1, SLICE_LENGTH_MAX);
  const initialMaxSliceLen = types.payload.kind === "slice" ? longestSlice : 1;
  const backpressureStrategy = options.backpressureStrategy ?? defaults.backpressureStrategy;
  const numberOfSamples =
    pattern.maxSubscribers * (pattern.subscriberMaxBufferSize + pattern.subscriberMaxBorrowedSamples) +
    pattern.historySize +
    maxLoanedSamples;

  const entry = PortEntry.create(
    service,
    "publisher",
    options.name ?? "",
    (origin, message, cause) => new PublisherCreateError("UnableToCreatePortTag", origin, message, { cause }),
  );
  let segment: DataSegment | undefined;
  let sender: Sender | undefined;
  try {
    segment = createSegment(service, types, entry, initialMaxSliceLen, numberOfSamples);
    sender = new Sender({
      service,
      segment,
      portId: entry.id,
      origin: entry.origin,
      receivers: service.dynamicConfig.bagA,
      readReceiver: (subscriber) => readSubscriber(subscriber, pattern, numberOfSamples),
      maxLoans: maxLoanedSamples,
      maxLoansOption: "maxLoanedSamples",
      historySize: pattern.historySize,
      enableSafeOverflow: pattern.enableSafeOverflow,
      backpressureStrategy,
    });
    const details: PublisherDetails = {
      portId: entry.id,
      portName: entry.name,
      nodeId: node.id,
      numberOfSamples,
      maxSliceLen: initialMaxSliceLen,
      dataSegmentType: "Static",
      maxNumberOfSegments: 1,
    };
    if (!entry.register(service.dynamicConfig.bagB, writePublisherDetails(details))) {
      throw tooManyPublishers(entry.origin, pattern.maxPublishers);
    }
  } catch (error) {
    segment?.remove();
    sender?.close();
    entry.remove("sender");
    throw error;
  }
  const settings = { backpressureStrategy, maxLoanedSamples, initialMaxSliceLen };
  return new PublisherPort<T, H>({ service, types, entry, sender, ...settings });
}

function createSegment(
  service: ServiceState,
  { layout }: MessageTypes,
  { id, origin }: PortEntry,
  initialMaxSliceLen: number,
  numberOfChunks: number,
): DataSegment {
  const { os, config, id: nodeId } = service.node;
  const chunkSize = layout.chunkSize(initialMaxSliceLen);
  try {
    return DataSegment.create(os, config, {
      portId: id,
      chunkSize,
      alignment: layout.alignment,
      numberOfChunks,
      prepareChunk: (view, at) => writeSampleHeader(view, at, nodeId, id),
    });
  } catch (cause) {
    throw new PublisherCreateError(
      "UnableToCreateDataSegment",
      origin,
      `cannot create ${origin}: no memory for ${numberOfChunks} chunks of ${chunkSize} bytes: ${(cause as Error).message}`,
      { cause },
    );
  }
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
  numberOfSamples: number,
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
      samplesPerSegment: numberOfSamples,
      numberOfSegments: 1,
      numberOfChannels: 1,
    },
  };
}
