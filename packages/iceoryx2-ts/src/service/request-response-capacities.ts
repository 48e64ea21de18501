/**
 * How much room the ports of a request-response service have. Both sides of a connection compute its parameters on
 * their own, so these numbers must be upstream's exactly.
 */
import type { RequestResponsePattern } from "./messaging-pattern.ts";

/**
 * The chunks in each data segment of a client: the unsent requests, and for every server the requests that are
 * active and as many that the client gave up but the server still holds.
 *
 * @param maxActiveRequests the client's own.
 */
export function numberOfRequests(pattern: RequestResponsePattern, maxActiveRequests: number): number {
  return pattern.maxServers * 2 * maxActiveRequests + pattern.maxLoanedRequests;
}

/**
 * The channels in each connection from a server to a client. Every chunk that a client can hold at the same time has
 * one, whatever the client's own limits are.
 */
export function numberOfResponseChannels(pattern: RequestResponsePattern): number {
  return numberOfRequests(pattern, pattern.maxActiveRequestsPerClient);
}

/**
 * The chunks in each data segment of a server: for each request that it can hold of each client, what waits in the
 * client, what the client has borrowed and what the server has loaned.
 *
 * @param maxLoanedResponsesPerRequest the server's own.
 */
export function numberOfResponses(
  pattern: RequestResponsePattern,
  maxLoanedResponsesPerRequest: number,
): number {
  const perRequest =
    pattern.maxResponseBufferSize +
    pattern.maxBorrowedResponsesPerPendingResponse +
    maxLoanedResponsesPerRequest;
  return pattern.maxClients * 2 * pattern.maxActiveRequestsPerClient * perRequest;
}
