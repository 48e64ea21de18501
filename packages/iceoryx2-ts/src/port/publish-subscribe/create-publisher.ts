/** Puts a publisher together, in the order that makes a crash at any step recoverable. */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import type { AllocationStrategy } from "../../config/settings.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import {
  type PublisherDetails,
  readSubscriberDetails,
  writePublisherDetails,
} from "../../service/port-details.ts";
import type { PublishSubscribePattern } from "../../service/static-config.ts";
import { ChunkPool, SEGMENTS_MAX } from "../common/chunk-pool.ts";
import type { Header } from "../common/loan.ts";
import type { MessageTypes } from "../common/message-types.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { Sender } from "../common/sender.ts";
import type { ReceiverAddress } from "../common/sender-connection.ts";
import { PublisherCreateError } from "./publish-subscribe-port-errors.ts";
import type { Publisher, PublisherOptions } from "./publisher.ts";
import { PublisherPort } from "./publisher-port.ts";
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
  const allocationStrategy =
    types.payload.kind === "slice"
      ? (options.allocationStrategy ?? defaults.publisherAllocationStrategy)
      : "Static";
  const numberOfSamples = preallocation(
    what,
    pattern.maxSubscribers * (pattern.subscriberMaxBufferSize + pattern.subscriberMaxBorrowedSamples) +
      pattern.historySize +
      maxLoanedSamples,
    options.overrideSamplePreallocation,
  );

  const entry = PortEntry.create(
    service,
    "publisher",
    options.name ?? "",
    (origin, message, cause) => new PublisherCreateError("UnableToCreatePortTag", origin, message, { cause }),
  );
  let pool: ChunkPool | undefined;
  let sender: Sender | undefined;
  const isResizable = allocationStrategy !== "Static";
  const maxNumberOfSegments = isResizable ? SEGMENTS_MAX : 1;
  try {
    const settings = { initialMaxSliceLen, numberOfSamples, allocationStrategy };
    pool = createPool(service, types, entry, settings);
    sender = new Sender({
      service,
      pool,
      portId: entry.id,
      origin: entry.origin,
      receivers: service.dynamicConfig.bagA,
      readReceiver: (subscriber) => readSubscriber(subscriber, pattern, numberOfSamples, maxNumberOfSegments),
      maxLoans: maxLoanedSamples,
      maxLoansOption: "maxLoanedSamples",
      historySize: pattern.historySize,
      enableSafeOverflow: pattern.enableSafeOverflow,
      backpressureStrategy,
      backpressureHandler: options.backpressureHandler,
      degradationHandler: options.degradationHandler,
    });
    const details: PublisherDetails = {
      portId: entry.id,
      portName: entry.name,
      nodeId: node.id,
      numberOfSamples,
      maxSliceLen: initialMaxSliceLen,
      dataSegmentType: isResizable ? "Dynamic" : "Static",
      maxNumberOfSegments,
    };
    if (!entry.register(service.dynamicConfig.bagB, writePublisherDetails(details))) {
      throw tooManyPublishers(entry.origin, pattern.maxPublishers);
    }
  } catch (error) {
    pool?.remove();
    sender?.close();
    entry.remove("sender");
    throw error;
  }
  const settings = { backpressureStrategy, allocationStrategy, maxLoanedSamples, initialMaxSliceLen };
  return new PublisherPort<T, H>({ service, types, entry, sender, ...settings });
}

/** @throws InvalidArgumentError if what the user makes of the worst case is no number of chunks. */
function preallocation(
  origin: string,
  worstCase: number,
  override: ((worstCase: number) => number) | undefined,
): number {
  const wanted = override?.(worstCase) ?? worstCase;
  if (Number.isInteger(wanted)) return Math.min(Math.max(wanted, 1), worstCase);
  throw new InvalidArgumentError(
    origin,
    `cannot create a ${origin}: overrideSamplePreallocation returned ${wanted}, but must return an integer from 1 to ${worstCase}.`,
  );
}

interface PoolSettings {
  readonly initialMaxSliceLen: number;
  readonly numberOfSamples: number;
  readonly allocationStrategy: AllocationStrategy;
}

function createPool(
  service: ServiceState,
  { layout }: MessageTypes,
  { id, origin }: PortEntry,
  { initialMaxSliceLen, numberOfSamples, allocationStrategy }: PoolSettings,
): ChunkPool {
  const { os, config, id: nodeId } = service.node;
  const chunkSize = layout.chunkSize(initialMaxSliceLen);
  try {
    return ChunkPool.create(os, config, {
      portId: id,
      chunkSize,
      alignment: layout.alignment,
      numberOfChunks: numberOfSamples,
      allocationStrategy,
      prepareChunk: (view, at) => writeSampleHeader(view, at, nodeId, id),
    });
  } catch (cause) {
    throw new PublisherCreateError(
      "UnableToCreateDataSegment",
      origin,
      `cannot create ${origin}: no memory for ${numberOfSamples} chunks of ${chunkSize} bytes: ${(cause as Error).message}`,
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
  numberOfSegments: number,
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
      numberOfSegments,
      numberOfChannels: 1,
    },
  };
}
