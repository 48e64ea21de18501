/**
 * What clients and servers must know of each other to connect.
 *
 * Each pair has two connections: one on which the client sends its requests, and one on which the server sends its
 * responses, with a channel for each request that the client can have under way.
 */
import type { RequestResponsePattern } from "../../service/messaging-pattern.ts";
import { numberOfResponseChannels } from "../../service/request-response-capacities.ts";
import { readClientDetails, readServerDetails } from "../../service/request-response-port-details.ts";
import type { ConnectionParameters } from "../../transport/connection-layout.ts";
import type { SenderAddress } from "../common/receiver-connection.ts";
import type { ReceiverAddress } from "../common/sender-connection.ts";

/** The part of the sender in the parameters of a connection. */
interface SenderPart {
  readonly samplesPerSegment: number;
  readonly numberOfSegments: number;
}

function requestConnection(pattern: RequestResponsePattern, sender: SenderPart): ConnectionParameters {
  return {
    ...sender,
    bufferSize: pattern.maxActiveRequestsPerClient,
    maxBorrowedSamples: pattern.maxActiveRequestsPerClient,
    enableSafeOverflow: pattern.enableSafeOverflowForRequests,
    numberOfChannels: 1,
  };
}

function responseConnection(pattern: RequestResponsePattern, sender: SenderPart): ConnectionParameters {
  return {
    ...sender,
    bufferSize: pattern.maxResponseBufferSize,
    maxBorrowedSamples: pattern.maxBorrowedResponsesPerPendingResponse,
    enableSafeOverflow: pattern.enableSafeOverflowForResponses,
    numberOfChannels: numberOfResponseChannels(pattern),
    channelsBeginClosed: true,
  };
}

/** A server, as a client sends requests to it; undefined if its entry contradicts the service. */
export function requestReceiver(
  pattern: RequestResponsePattern,
  client: SenderPart,
  entry: Uint8Array,
): ReceiverAddress | undefined {
  const server = readServerDetails(entry);
  if (server?.requestBufferSize !== pattern.maxActiveRequestsPerClient) return undefined;
  const { portId: receiverId, nodeId } = server;
  return { receiverId, nodeId, historyRequest: 0, parameters: requestConnection(pattern, client) };
}

/** A server, as a client gets responses from it; undefined if its entry makes no sense. */
export function responseSender(
  pattern: RequestResponsePattern,
  entry: Uint8Array,
): SenderAddress | undefined {
  const server = readServerDetails(entry);
  if (server === undefined || !(server.numberOfResponses >= 1)) return undefined;
  const { portId: senderId, nodeId, dataSegmentType } = server;
  const sender = {
    samplesPerSegment: server.numberOfResponses,
    numberOfSegments: server.maxNumberOfSegments,
  };
  return { senderId, nodeId, dataSegmentType, parameters: responseConnection(pattern, sender) };
}

/** A client, as a server gets requests from it; undefined if its entry makes no sense. */
export function requestSender(pattern: RequestResponsePattern, entry: Uint8Array): SenderAddress | undefined {
  const client = readClientDetails(entry);
  if (client === undefined || !(client.numberOfRequests >= 1)) return undefined;
  const { portId: senderId, nodeId, dataSegmentType } = client;
  const sender = { samplesPerSegment: client.numberOfRequests, numberOfSegments: client.maxNumberOfSegments };
  return { senderId, nodeId, dataSegmentType, parameters: requestConnection(pattern, sender) };
}

/** A client, as a server sends responses to it; undefined if its entry contradicts the service. */
export function responseReceiver(
  pattern: RequestResponsePattern,
  server: SenderPart,
  entry: Uint8Array,
): ReceiverAddress | undefined {
  const client = readClientDetails(entry);
  if (client?.responseBufferSize !== pattern.maxResponseBufferSize) return undefined;
  const { portId: receiverId, nodeId } = client;
  return { receiverId, nodeId, historyRequest: 0, parameters: responseConnection(pattern, server) };
}
