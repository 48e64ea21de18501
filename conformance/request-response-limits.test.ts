/** What a request-response service limits, leaves out or drops, in every combination of languages. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bytes, type RequestResponseQos, u16, u32, u64 } from "iceoryx2-ts";
import { directions, withDomain } from "./domain.ts";
import { skipWithoutPython } from "./python.ts";
import { testAll } from "./request-response-cases.ts";
import type {
  ParticipantPending,
  ParticipantServer,
  RequestResponseOptions,
} from "./request-response-participant.ts";

const NUMBERS = [u64, u64] as const;

/** Receives and releases everything that waits. */
async function requests(server: ParticipantServer): Promise<[payload: unknown, isConnected: boolean][]> {
  const received: [unknown, boolean][] = [];
  for (let request = await server.receive(); request !== undefined; request = await server.receive()) {
    received.push([request.received.payload, (await request.state()).isConnected]);
    await request.release();
  }
  return received;
}

async function responses(pending: ParticipantPending): Promise<unknown[]> {
  return (await pending.receive()).map(({ payload }) => payload);
}

describe("a service", { skip: skipWithoutPython }, () => {
  for (const enableFireAndForgetRequests of [true, false]) {
    testAll(
      `with${enableFireAndForgetRequests ? "" : "out"} fire-and-forget requests`,
      NUMBERS,
      { qos: { enableFireAndForgetRequests } },
      async (a, b) => {
        const server = await b.server();
        const client = await a.client();
        await (await client.send(1n)).release();
        const pending = await client.send(2n);
        const expected = enableFireAndForgetRequests ? [[1n, false]] : [];
        assert.deepEqual(await requests(server), [...expected, [2n, true]]);
        await pending.release();
      },
    );
  }

  for (const enableSafeOverflowForResponses of [true, false]) {
    testAll(
      `with${enableSafeOverflowForResponses ? "" : "out"} safe overflow for responses`,
      NUMBERS,
      { qos: { enableSafeOverflowForResponses, maxResponseBufferSize: 3 } },
      async (a, b) => {
        const server = await b.server({ backpressureStrategy: "DiscardData" });
        const client = await a.client();
        const pending = await client.send(1n);
        const request = await server.receive();
        await request?.respond([1n, 2n, 3n, 4n, 5n]);
        assert.deepEqual(
          await responses(pending),
          enableSafeOverflowForResponses ? [3n, 4n, 5n] : [1n, 2n, 3n],
        );
        await request?.release();
      },
    );
  }

  for (const enableSafeOverflowForRequests of [true, false]) {
    testAll(
      `with${enableSafeOverflowForRequests ? "" : "out"} safe overflow for requests`,
      NUMBERS,
      { qos: { enableSafeOverflowForRequests, maxActiveRequestsPerClient: 2 } },
      async (a, b) => {
        const server = await b.server();
        const client = await a.client({ backpressureStrategy: "DiscardData" });
        await server.hasRequests();
        for (const value of [1n, 2n, 3n, 4n]) await (await client.send(value)).release();
        assert.deepEqual(
          (await requests(server)).map(([payload]) => payload),
          enableSafeOverflowForRequests ? [3n, 4n] : [1n, 2n],
        );
      },
    );
  }

  testAll(
    "that allows few active requests, borrowed responses and ports",
    NUMBERS,
    {
      qos: {
        maxActiveRequestsPerClient: 2,
        maxBorrowedResponsesPerPendingResponse: 1,
        maxClients: 1,
        maxServers: 1,
      },
    },
    async (a, b) => {
      const server = await b.server({ maxLoanedResponsesPerRequest: 1 });
      const client = await a.client();
      await assert.rejects(a.client(), { code: /ExceedsMaxSupportedClients/ });
      await assert.rejects(b.server(), { code: /ExceedsMaxSupportedServers/ });
      const first = await client.send(1n);
      const second = await client.send(2n);
      await assert.rejects(client.send(3n), { code: /ExceedsMaxActiveRequests/ });
      const request = await server.receive();
      const loan = await request?.loan();
      await assert.rejects(request!.loan(), { code: /ExceedsMaxLoans/ });
      await loan?.release();
      await request?.respond([1n, 2n]);
      const held = await first.hold();
      await assert.rejects(first.receive(), { code: /ExceedsMaxBorrows/ });
      await held?.release();
      assert.deepEqual(await responses(first), [2n]);
      await request?.release();
      await second.release();
      await client.send(4n);
    },
  );

  testAll(
    "of several clients and servers brings each response to its request",
    NUMBERS,
    { qos: { maxResponseBufferSize: 4 } },
    async (a, b) => {
      const clients = [await a.client(), await b.client(), await a.client()];
      const servers = [await b.server(), await a.server()];
      const sent: { readonly pending: ParticipantPending; readonly value: bigint }[] = [];
      for (const [index, client] of clients.entries()) {
        for (const number of [0n, 1n, 2n]) {
          const value = BigInt(index) * 10n + number;
          sent.push({ pending: await client.send(value), value });
        }
      }
      for (const [index, server] of servers.entries()) {
        for (let request = await server.receive(); request !== undefined; request = await server.receive()) {
          await request.respond([(request.received.payload as bigint) * 10n + BigInt(index)]);
          await request.release();
        }
      }
      for (const { pending, value } of sent) {
        assert.equal((await pending.state()).numberOfServerConnections, 2);
        assert.deepEqual(new Set(await responses(pending)), new Set([value * 10n, value * 10n + 1n]));
      }
    },
  );

  testAll(
    "does not give requests to servers that come later, and keeps the responses of those that leave",
    NUMBERS,
    {},
    async (a, b) => {
      const client = await a.client();
      const leaving = await b.server();
      const pending = await client.send(1n);
      const late = await b.server();
      assert.equal(await late.receive(), undefined);
      const request = await leaving.receive();
      await request?.respond([2n]);
      await request?.release();
      await leaving.close();
      assert.equal((await pending.state()).numberOfServerConnections, 1);
      assert.deepEqual(await responses(pending), [2n]);
      assert.equal((await pending.state()).isConnected, false);
    },
  );

  testAll("lets a client leave whose requests are still answered", NUMBERS, {}, async (a, b) => {
    const client = await a.client();
    const server = await b.server();
    const pending = await client.send(1n);
    await client.close();
    assert.deepEqual(await b.numberOfPorts(), { clients: 1, servers: 1 });
    const request = await server.receive();
    assert.equal((await request?.state())?.isConnected, true);
    await request?.respond([2n]);
    assert.deepEqual(await responses(pending), [2n]);
    await pending.release();
    assert.equal((await request?.state())?.isConnected, false);
    assert.deepEqual(await b.numberOfPorts(), { clients: 0, servers: 1 });
    await request?.release();
  });
});

describe("opening a service", { skip: skipWithoutPython }, () => {
  const refusals: readonly (readonly [
    what: string,
    code: RegExp,
    types: Partial<{ request: typeof u64 | typeof u32; response: typeof bytes | typeof u64 }>,
    options: RequestResponseOptions,
  ])[] = [
    ["another request", /IncompatibleRequestOrResponseType/, { request: u32 }, {}],
    ["another response", /IncompatibleRequestOrResponseType/, { response: bytes }, {}],
    ["a header of requests", /IncompatibleRequestOrResponseType/, {}, { requestUserHeader: u16 }],
    ["a header of responses", /IncompatibleRequestOrResponseType/, {}, { responseUserHeader: u16 }],
    ["a larger alignment", /IncompatibleRequestOrResponseType/, {}, { responsePayloadAlignment: 64 }],
    ["an attribute", /IncompatibleAttributes/, {}, { attributes: { kind: "other" } }],
    ...(
      [
        ["enableSafeOverflowForRequests", false, "IncompatibleOverflowBehaviorForRequests"],
        ["enableSafeOverflowForResponses", false, "IncompatibleOverflowBehaviorForResponses"],
        ["enableFireAndForgetRequests", false, "IncompatibleBehaviorForFireAndForgetRequests"],
        ["maxActiveRequestsPerClient", 5, "DoesNotSupportRequestedAmountOfActiveRequestsPerClient"],
        ["maxLoanedRequests", 3, "DoesNotSupportRequestedAmountOfClientRequestLoans"],
        ["maxResponseBufferSize", 3, "DoesNotSupportRequestedResponseBufferSize"],
        ["maxServers", 3, "DoesNotSupportRequestedAmountOfServers"],
        ["maxClients", 9, "DoesNotSupportRequestedAmountOfClients"],
        ["maxNodes", 21, "DoesNotSupportRequestedAmountOfNodes"],
        [
          "maxBorrowedResponsesPerPendingResponse",
          3,
          "DoesNotSupportRequestedAmountOfBorrowedResponsesPerPendingResponse",
        ],
      ] as const
    ).map(([setting, value, code]) => {
      const qos: RequestResponseQos = { [setting]: value };
      return [`${setting}: ${value}`, new RegExp(code), {}, { qos }] as const;
    }),
  ];

  for (const [creator, opener] of directions("Python")) {
    test(`of ${creator} in ${opener} demands what it asks for`, () =>
      withDomain(async (join) => {
        const [a, b] = [await join(creator), await join(opener)];
        await a.requestResponse("create", u64, u64);
        for (const [what, code, { request = u64, response = u64 }, options] of refusals) {
          await assert.rejects(b.requestResponse("open", request, response, options), { code }, what);
          const creating = b.requestResponse("openOrCreate", request, response, options);
          await assert.rejects(creating, { code }, what);
        }
        await assert.rejects(b.requestResponse("create", u64, u64), { code: /AlreadyExists/ });
        await b.requestResponse("open", u64, u64, { qos: { maxClients: 8, maxServers: 1 } });
      }));
  }
});
