/** Puts a client together, in the order that makes a crash at any step recoverable. */
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { RequestResponsePattern } from "../../service/messaging-pattern.ts";
import { numberOfRequests, numberOfResponseChannels } from "../../service/request-response-capacities.ts";
import { writeClientDetails } from "../../service/request-response-port-details.ts";
import type { ChunkPool } from "../common/chunk-pool.ts";
import type { Header } from "../common/loan.ts";
import { chunkDemands, type MessageTypes } from "../common/message-types.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { Receiver } from "../common/receiver.ts";
import { Sender } from "../common/sender.ts";
import { createPool, type SendingMemory, sendingMemory } from "../common/sending-options.ts";
import { requestReceiver, responseSender } from "./addresses.ts";
import type { Client, ClientOptions } from "./client.ts";
import { ClientPort } from "./client-port.ts";
import { writeRequestHeader } from "./request-header.ts";
import { ClientCreateError } from "./request-response-port-errors.ts";
import { putTogether } from "./two-way-port.ts";
import { ClientWakeUps, notifiedId } from "./wake-up-calls.ts";

export interface RequestResponseTypes {
  readonly request: MessageTypes;
  readonly response: MessageTypes;
}

/** @throws ClientCreateError, InvalidNameError, InvalidArgumentError; nothing is left behind then. */
export function createClient<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header,
  SH extends Header,
>(
  service: ServiceState<RequestResponsePattern>,
  types: RequestResponseTypes,
  options: ClientOptions,
): Client<Q, S, QH, SH> {
  const { pattern, node } = service;
  const what = `client of service "${service.name}"`;
  const defaults = node.config.defaults.requestResponse;
  const eventId = notifiedId(what, options.notify);
  const backpressureStrategy = options.backpressureStrategy ?? defaults.clientBackpressureStrategy;
  const maxActiveRequests = checkedActiveRequests(what, pattern, options.maxActiveRequests);
  const memory = sendingMemory(what, types.request, options, defaults.clientAllocationStrategy, {
    worstCase: numberOfRequests(pattern, maxActiveRequests),
    override: options.overrideRequestPreallocation,
    option: "overrideRequestPreallocation",
  });
  const toError =
    (code: "UnableToCreatePortTag" | "UnableToCreateDataSegment") =>
    (origin: string, message: string, cause: unknown): ClientCreateError =>
      new ClientCreateError(code, origin, message, { cause });
  const entry = PortEntry.create(service, "client", options.name ?? "", toError("UnableToCreatePortTag"));
  const { id: portId, name: portName, origin } = entry;
  const prepareChunk = (view: DataView, at: number): void => writeRequestHeader(view, at, node.id, portId);
  const parts = putTogether(entry, {
    wakeUps: () => new ClientWakeUps(service, entry, eventId),
    pool: () =>
      createPool(service, types.request, entry, memory, prepareChunk, toError("UnableToCreateDataSegment")),
    sender: (pool) => createSender(service, pool, entry, memory, { ...options, backpressureStrategy }),
    receiver: () => createReceiver(service, entry, types.response, options),
    register() {
      const details = writeClientDetails({
        portId,
        portName,
        nodeId: node.id,
        numberOfRequests: memory.numberOfChunks,
        responseBufferSize: pattern.maxResponseBufferSize,
        maxActiveRequests,
        ...memory.details,
      });
      if (!entry.register(service.dynamicConfig.bagB, details)) {
        throw tooManyClients(origin, pattern.maxClients);
      }
    },
  });
  return new ClientPort<Q, S, QH, SH>({
    service,
    requestTypes: types.request,
    responseTypes: types.response,
    entry,
    ...parts,
    numberOfChannels: numberOfResponseChannels(pattern),
    backpressureStrategy,
    allocationStrategy: memory.allocationStrategy,
    maxActiveRequests,
    initialMaxSliceLen: memory.initialMaxSliceLen,
  });
}

/** @throws ClientCreateError, InvalidArgumentError */
function checkedActiveRequests(
  what: string,
  { maxActiveRequestsPerClient: maximum }: RequestResponsePattern,
  requested: number | undefined,
): number {
  const count = countOption(what, "maxActiveRequests", requested, maximum, Number.MAX_SAFE_INTEGER);
  if (count <= maximum) return Math.max(1, count);
  throw new ClientCreateError(
    "MaxActiveRequestsExceedsMaxSupportedActiveRequestsOfService",
    what,
    `cannot create a ${what}: maxActiveRequests is ${count}, but the service allows ${maximum} (maxActiveRequestsPerClient). Ask for less, or create the service with more.`,
  );
}

function createSender(
  service: ServiceState<RequestResponsePattern>,
  pool: ChunkPool,
  { id: portId, origin }: PortEntry,
  { numberOfChunks, details }: SendingMemory,
  options: ClientOptions & Required<Pick<ClientOptions, "backpressureStrategy">>,
): Sender {
  const { pattern, dynamicConfig } = service;
  const part = { samplesPerSegment: numberOfChunks, numberOfSegments: details.maxNumberOfSegments };
  return new Sender({
    service,
    pool,
    portId,
    origin,
    what: "request",
    receivers: dynamicConfig.bagA,
    readReceiver: (server) => requestReceiver(pattern, part, server),
    maxLoans: pattern.maxLoanedRequests,
    maxLoansOption: { name: "maxLoanedRequests", of: "service" },
    historySize: 0,
    enableSafeOverflow: pattern.enableSafeOverflowForRequests,
    backpressureStrategy: options.backpressureStrategy!,
    backpressureHandler: options.backpressureHandler,
    degradationHandler: options.requestDegradationHandler,
  });
}

function createReceiver(
  service: ServiceState<RequestResponsePattern>,
  { id: portId, origin }: PortEntry,
  types: MessageTypes,
  options: ClientOptions,
): Receiver {
  const { pattern, node, dynamicConfig } = service;
  return new Receiver({
    service,
    portId,
    origin,
    what: "response",
    senders: dynamicConfig.bagA,
    readSender: (server) => responseSender(pattern, server),
    ...chunkDemands(types),
    maxBorrowedSamples: pattern.maxBorrowedResponsesPerPendingResponse,
    expiredConnectionsMax: node.config.defaults.requestResponse.clientExpiredConnectionBuffer,
    degradationHandler: options.responseDegradationHandler,
  });
}

function tooManyClients(origin: string, maxClients: number): ClientCreateError {
  return new ClientCreateError(
    "ExceedsMaxSupportedClients",
    origin,
    `cannot create ${origin}: it has ${maxClients} clients already (maxClients: ${maxClients}). Close one, or create the service with a larger maxClients.`,
  );
}
