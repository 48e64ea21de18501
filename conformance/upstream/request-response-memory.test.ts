/** What upstream's suite demands of the memory of clients and servers: it is enough for what the settings allow. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ActiveRequest,
  type Client,
  LoanError,
  type PendingResponse,
  ReceiveError,
  type Server,
  type U64,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

type Pending = PendingResponse<U64, U64>;
type Active = ActiveRequest<U64, U64>;

const ROUNDS = 5;

const isLoanError = (code: LoanError["code"]) => (error: unknown) =>
  error instanceof LoanError && error.code === code;

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

function release(...parts: readonly (readonly { release(): void }[])[]): void {
  for (const part of parts.flat()) part.release();
}

/** Sends as many requests as there may be under way. */
function sendMany(client: Client<U64, U64>): Pending[] {
  return times(client.maxActiveRequests, () => client.sendCopy(0n));
}

/** Receives until nothing waits or no more can be held. */
function holdMany(server: Server<U64, U64>): Active[] {
  const held: Active[] = [];
  try {
    for (let request = server.receive(); request; request = server.receive()) held.push(request);
  } catch (error) {
    assert(error instanceof ReceiveError && error.code === "ExceedsMaxBorrows");
  }
  return held;
}

describe("a client never goes out of memory", () => {
  const least = { requests: 1, servers: 1, loans: 1 };
  const settings = {
    "many requests under way": { ...least, requests: 100 },
    "many servers": { ...least, servers: 100 },
    "many loans": { ...least, loans: 100 },
    "little of everything": least,
    "much of everything": { requests: 12, servers: 15, loans: 19 },
  };
  for (const [what, { requests, servers: many, loans }] of Object.entries(settings)) {
    test(
      `with ${what}`,
      inDomain((node) => {
        const service = node.service("a").requestResponse(u64, u64).create({
          maxClients: 1,
          maxServers: many,
          maxActiveRequestsPerClient: requests,
          maxLoanedRequests: loans,
        });
        const client = service.client();
        const servers = times(many, () => service.server());
        for (let round = 0; round < ROUNDS; round++) {
          const sent = sendMany(client);
          const held = servers.flatMap(holdMany);
          assert.equal(held.length, many * requests);
          release(sent);
          const waiting = sendMany(client);
          const loaned = times(loans, () => client.loan());
          assert.throws(() => client.loan(), isLoanError("ExceedsMaxLoans"));
          release(loaned, waiting, held);
          const rest = servers.flatMap(holdMany);
          assert.equal(rest.length, many * requests);
          release(rest);
        }
      }),
    );
  }
});

describe("a server never goes out of memory", () => {
  const least = { clients: 1, requests: 1, buffer: 1, borrowed: 1, loans: 1 };
  const settings = {
    "many clients": { ...least, clients: 10 },
    "many requests under way": { ...least, requests: 10 },
    "a large buffer": { ...least, buffer: 10 },
    "many borrowed responses": { ...least, borrowed: 10 },
    "many loans": { ...least, loans: 10 },
    "little of everything": least,
    "much of everything": { clients: 10, requests: 10, buffer: 10, borrowed: 10, loans: 10 },
  };
  for (const [what, { clients: many, requests, buffer, borrowed, loans }] of Object.entries(settings)) {
    test(
      `with ${what}`,
      inDomain((node) => {
        const service = node.service("a").requestResponse(u64, u64).create({
          maxClients: many,
          maxServers: 1,
          maxActiveRequestsPerClient: requests,
          maxResponseBufferSize: buffer,
          maxBorrowedResponsesPerPendingResponse: borrowed,
        });
        const clients = times(many, () => service.client());
        const server = service.server({ maxLoanedResponsesPerRequest: loans });
        for (let round = 0; round < ROUNDS; round++) {
          const sent = clients.flatMap(sendMany);
          const held = holdMany(server);
          assert.equal(held.length, many * requests);
          const respond = (): void => {
            for (const request of held) assert.equal(request.sendCopy(0n), 1);
          };
          const responses = times(borrowed, () => {
            respond();
            return sent.map((pending) => pending.receive()!);
          }).flat();
          for (let count = 0; count < buffer; count++) respond();
          const loaned = held.flatMap((request) => times(loans, () => request.loan()));
          assert.equal(loaned.length, many * requests * loans);
          assert.throws(() => held[0]!.loan(), isLoanError("ExceedsMaxLoans"));
          release(responses, loaned, held, sent);
        }
      }),
    );
  }
});

describe("a pending response always has room to give responses back", () => {
  for (const [buffer, borrowed] of [
    [100, 1],
    [1, 100],
    [100, 100],
    [1, 1],
  ] as const) {
    test(
      `with a buffer of ${buffer} and ${borrowed} borrowed`,
      inDomain((node) => {
        const service = node.service("a").requestResponse(u64, u64).create({
          maxClients: 1,
          maxServers: 1,
          maxActiveRequestsPerClient: 1,
          maxResponseBufferSize: buffer,
          maxBorrowedResponsesPerPendingResponse: borrowed,
        });
        const server = service.server();
        using pending = service.client().sendCopy(0n);
        using request = server.receive()!;
        for (let round = 0; round < ROUNDS; round++) {
          const held = times(borrowed, () => {
            assert.equal(request.sendCopy(0n), 1);
            return pending.receive()!;
          });
          for (let sent = 0; sent < buffer; sent++) assert.equal(request.sendCopy(0n), 1);
          release(held);
          for (let received = 0; received < buffer; received++) pending.receive()!.release();
          assert.equal(pending.receive(), undefined);
        }
      }),
    );
  }
});

describe("a port has as few chunks as it was told, but one", () => {
  for (const chunks of [0, 1, 2, 9]) {
    test(
      `a client: ${chunks}`,
      inDomain((node) => {
        const service = node
          .service("a")
          .requestResponse(u64, u64)
          .create({ maxLoanedRequests: chunks + 2 });
        const client = service.client({ overrideRequestPreallocation: () => chunks });
        const loans = times(Math.max(chunks, 1), () => client.loan());
        assert.throws(() => client.loan(), isLoanError("OutOfMemory"));
        release(loans);
      }),
    );

    test(
      `a server: ${chunks}`,
      inDomain((node) => {
        const service = node.service("a").requestResponse(u64, u64).create();
        const server = service.server({
          overrideResponsePreallocation: () => chunks,
          maxLoanedResponsesPerRequest: chunks + 2,
        });
        using _pending = service.client().sendCopy(0n);
        using request = server.receive()!;
        const loans = times(Math.max(chunks, 1), () => request.loan());
        assert.throws(() => request.loan(), isLoanError("OutOfMemory"));
        release(loans);
      }),
    );
  }
});
