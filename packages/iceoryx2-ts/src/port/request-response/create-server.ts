/** Puts a server together, in the order that makes a crash at any step recoverable. */
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { RequestResponsePattern } from "../../service/messaging-pattern.ts";
import { numberOfResponseChannels, numberOfResponses } from "../../service/request-response-capacities.ts";
import { writeServerDetails } from "../../service/request-response-port-details.ts";
import type { ChunkPool } from "../common/chunk-pool.ts";
import type { Header } from "../common/loan.ts";
import { chunkDemands, type MessageTypes } from "../common/message-types.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { Receiver } from "../common/receiver.ts";
import { Sender, type SenderOptions } from "../common/sender.ts";
import { createPool, type SendingMemory, sendingMemory } from "../common/sending-options.ts";
import { requestSender, responseReceiver } from "./addresses.ts";
import type { RequestResponseTypes } from "./create-client.ts";
import { ServerCreateError } from "./request-response-port-errors.ts";
import { writeResponseHeader } from "./response-header.ts";
import type { Server, ServerOptions } from "./server.ts";
import { ServerPort } from "./server-port.ts";
import { putTogether } from "./two-way-port.ts";
import { notifiedId, ServerWakeUps } from "./wake-up-calls.ts";

/** Above it no number makes sense; it keeps size arithmetic exact. */
const LOANS_MAX = 2 ** 24;

/** @throws ServerCreateError, InvalidNameError, InvalidArgumentError; nothing is left behind then. */
export function createServer<
  Q extends PayloadType,
  S extends PayloadType,
  QH extends Header,
  SH extends Header,
>(
  service: ServiceState<RequestResponsePattern>,
  types: RequestResponseTypes,
  options: ServerOptions,
): Server<Q, S, QH, SH> {
  const { pattern, node } = service;
  const what = `server of service "${service.name}"`;
  const defaults = node.config.defaults.requestResponse;
  const eventId = notifiedId(what, options.notify);
  const backpressureStrategy = options.backpressureStrategy ?? defaults.serverBackpressureStrategy;
  const requestedLoans = countOption(
    what,
    "maxLoanedResponsesPerRequest",
    options.maxLoanedResponsesPerRequest,
    defaults.serverMaxLoanedResponsesPerRequest,
    LOANS_MAX,
  );
  const maxLoanedResponsesPerRequest = Math.max(1, requestedLoans);
  const memory = sendingMemory(what, types.response, options, defaults.serverAllocationStrategy, {
    worstCase: numberOfResponses(pattern, maxLoanedResponsesPerRequest),
    override: options.overrideResponsePreallocation,
    option: "overrideResponsePreallocation",
  });
  const toError =
    (code: "UnableToCreatePortTag" | "UnableToCreateDataSegment") =>
    (origin: string, message: string, cause: unknown): ServerCreateError =>
      new ServerCreateError(code, origin, message, { cause });
  const entry = PortEntry.create(service, "server", options.name ?? "", toError("UnableToCreatePortTag"));
  const { id: portId, name: portName, origin } = entry;
  const prepareChunk = (view: DataView, at: number): void => writeResponseHeader(view, at, node.id, portId);
  const parts = putTogether(entry, {
    wakeUps: () => new ServerWakeUps(service, entry, eventId),
    pool: () =>
      createPool(service, types.response, entry, memory, prepareChunk, toError("UnableToCreateDataSegment")),
    sender: (pool) =>
      createSender(service, pool, entry, memory, {
        maxLoans: maxLoanedResponsesPerRequest * pattern.maxActiveRequestsPerClient * pattern.maxClients,
        backpressureStrategy,
        backpressureHandler: options.backpressureHandler,
        degradationHandler: options.responseDegradationHandler,
      }),
    receiver: () => createReceiver(service, entry, types.request, options),
    register() {
      const details = writeServerDetails({
        portId,
        portName,
        nodeId: node.id,
        requestBufferSize: pattern.maxActiveRequestsPerClient,
        numberOfResponses: memory.numberOfChunks,
        ...memory.details,
      });
      if (!entry.register(service.dynamicConfig.bagA, details)) {
        throw tooManyServers(origin, pattern.maxServers);
      }
    },
  });
  return new ServerPort<Q, S, QH, SH>({
    service,
    requestTypes: types.request,
    responseTypes: types.response,
    entry,
    ...parts,
    numberOfChannels: numberOfResponseChannels(pattern),
    backpressureStrategy,
    allocationStrategy: memory.allocationStrategy,
    maxLoanedResponsesPerRequest,
    initialMaxSliceLen: memory.initialMaxSliceLen,
  });
}

function createSender(
  service: ServiceState<RequestResponsePattern>,
  pool: ChunkPool,
  { id: portId, origin }: PortEntry,
  { numberOfChunks, details }: SendingMemory,
  options: Pick<
    SenderOptions,
    "maxLoans" | "backpressureStrategy" | "backpressureHandler" | "degradationHandler"
  >,
): Sender {
  const { pattern, dynamicConfig } = service;
  const part = { samplesPerSegment: numberOfChunks, numberOfSegments: details.maxNumberOfSegments };
  return new Sender({
    ...options,
    service,
    pool,
    portId,
    origin,
    what: "response",
    receivers: dynamicConfig.bagB,
    readReceiver: (client) => responseReceiver(pattern, part, client),
    maxLoansOption: { name: "maxLoanedResponsesPerRequest", of: "server" },
    historySize: 0,
    enableSafeOverflow: pattern.enableSafeOverflowForResponses,
  });
}

function createReceiver(
  service: ServiceState<RequestResponsePattern>,
  { id: portId, origin }: PortEntry,
  types: MessageTypes,
  options: ServerOptions,
): Receiver {
  const { pattern, node, dynamicConfig } = service;
  return new Receiver({
    service,
    portId,
    origin,
    what: "request",
    senders: dynamicConfig.bagB,
    readSender: (client) => requestSender(pattern, client),
    ...chunkDemands(types),
    maxBorrowedSamples: pattern.maxActiveRequestsPerClient,
    expiredConnectionsMax: node.config.defaults.requestResponse.serverExpiredConnectionBuffer,
    degradationHandler: options.requestDegradationHandler,
  });
}

function tooManyServers(origin: string, maxServers: number): ServerCreateError {
  return new ServerCreateError(
    "ExceedsMaxSupportedServers",
    origin,
    `cannot create ${origin}: it has ${maxServers} servers already (maxServers: ${maxServers}). Close one, or create the service with a larger maxServers.`,
  );
}
