import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RequestResponsePattern } from "./messaging-pattern.ts";
import {
  numberOfRequests,
  numberOfResponseChannels,
  numberOfResponses,
} from "./request-response-capacities.ts";

const pattern = {
  maxServers: 3,
  maxClients: 2,
  maxActiveRequestsPerClient: 5,
  maxLoanedRequests: 7,
  maxResponseBufferSize: 11,
  maxBorrowedResponsesPerPendingResponse: 13,
} as RequestResponsePattern;

describe("the capacities of a request-response service", () => {
  it("hold all that a client can have under way", () => {
    assert.equal(numberOfRequests(pattern, 5), 3 * 2 * 5 + 7);
    assert.equal(numberOfRequests(pattern, 1), 3 * 2 + 7, "a client that wants less");
  });

  it("have a channel for each request that any client can have under way", () => {
    assert.equal(numberOfResponseChannels(pattern), numberOfRequests(pattern, 5));
  });

  it("hold all that a server can have under way", () => {
    assert.equal(numberOfResponses(pattern, 17), 2 * 2 * 5 * (11 + 13 + 17));
  });
});
