/** What upstream's suite demands of exchanging requests and responses, as far as no other test shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type ActiveRequest,
  type Node,
  type PendingResponse,
  ReceiveError,
  type RequestResponseQos,
  type RequestResponseService,
  RequestSendError,
  type Server,
  type U64,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

type Numbers = RequestResponseService<U64, U64>;

function numbers(node: Node, qos: RequestResponseQos = {}): Numbers {
  return node.service("a").requestResponse(u64, u64).create(qos);
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const upTo = (count: number): bigint[] => times(count, BigInt);

function receiveAll(server: Server<U64, U64>): ActiveRequest<U64, U64>[] {
  const requests: ActiveRequest<U64, U64>[] = [];
  for (let request = server.receive(); request; request = server.receive()) requests.push(request);
  return requests;
}

/** Receives and releases. */
function responses(pending: PendingResponse<U64, U64>): bigint[] {
  const payloads: bigint[] = [];
  for (let response = pending.receive(); response; response = pending.receive()) {
    payloads.push(response.payload);
    response.release();
  }
  return payloads;
}

describe("a request", () => {
  for (const first of ["client", "server"] as const) {
    test(
      `arrives, the ${first} being first`,
      inDomain((node) => {
        const service = numbers(node, { enableFireAndForgetRequests: false });
        const early = first === "client" ? service.client() : undefined;
        const server = service.server();
        const client = early ?? service.client();
        assert.equal(server.hasRequests(), false);
        using pending = client.sendCopy(1234n);
        assert.equal(server.hasRequests(), true);
        using request = server.receive()!;
        assert.equal(request.payload, pending.payload);
      }),
    );
  }

  test(
    "does not arrive at servers that come later",
    inDomain((node) => {
      const service = numbers(node);
      const client = service.client();
      const pending = client.sendCopy(1n);
      const server = service.server();
      assert.equal(pending.isConnected, false);
      assert.equal(server.hasRequests(), false);
      assert.equal(server.receive(), undefined);
    }),
  );

  test(
    "arrives also with fire and forget where its client has left, before those of others",
    inDomain((node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 8 });
      const server = service.server();
      const [staying, leaving] = [service.client(), service.client()];
      server.updateConnections();
      const pending = times(8, (index) => {
        leaving.sendCopy(BigInt(index)).release();
        return staying.sendCopy(BigInt(index + 100));
      });
      leaving.close();
      assert.equal(server.hasRequests(), true);
      assert.deepEqual(
        receiveAll(server).map(({ payload, isConnected }) => [payload, isConnected]),
        [...upTo(8).map((value) => [value, false]), ...upTo(8).map((value) => [value + 100n, true])],
      );
      for (const one of pending) one.release();
    }),
  );

  test(
    "does not arrive without fire and forget where its client has left",
    inDomain((node) => {
      const service = numbers(node, { enableFireAndForgetRequests: false });
      const client = service.client();
      const server = service.server();
      assert.equal(server.hasRequests(), false);
      client.sendCopy(5678n).release();
      client.close();
      assert.equal(server.hasRequests(), false);
      assert.equal(server.receive(), undefined);
    }),
  );

  for (const enableFireAndForgetRequests of [true, false]) {
    test(
      `that nobody waits for arrives with fire and forget only: ${enableFireAndForgetRequests}`,
      inDomain((node) => {
        const service = numbers(node, { maxActiveRequestsPerClient: 3, enableFireAndForgetRequests });
        const server = service.server();
        const client = service.client();
        const pending = [5n, 7n, 11n].map((value) => client.sendCopy(value));
        pending[1]!.release();
        assert.deepEqual(
          receiveAll(server).map(({ payload }) => payload),
          enableFireAndForgetRequests ? [5n, 7n, 11n] : [5n, 11n],
        );
      }),
    );
  }

  test(
    "that somebody waits for is answered although its client was given up",
    inDomain((node) => {
      const service = numbers(node, {
        maxClients: 3,
        maxResponseBufferSize: 5,
        enableFireAndForgetRequests: false,
      });
      const server = service.server();
      const clients = times(3, () => service.client());
      const pending = clients.map((client, index) => client.sendCopy(BigInt(index)));
      clients[1]!.close();
      const requests = receiveAll(server);
      assert.deepEqual(
        requests.map(({ payload }) => payload),
        upTo(3),
      );
      assert.equal(requests[1]!.isConnected, true);
      for (const value of upTo(5)) assert.equal(requests[1]!.sendCopy(value), 1);
      assert.deepEqual(responses(pending[1]!), upTo(5));
      pending[1]!.release();
      assert.equal(requests[1]!.isConnected, false);
    }),
  );

  test(
    "is connected as long as it is waited for, whatever becomes of others",
    inDomain((node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 3 });
      const server = service.server();
      const client = service.client();
      const pending = times(3, () => client.sendCopy(123n));
      const requests = receiveAll(server);
      const expected = [true, true, true];
      for (const index of [1, 2, 0]) {
        assert.deepEqual(
          requests.map(({ isConnected }) => isConnected),
          expected,
        );
        pending[index]!.release();
        expected[index] = false;
      }
      assert.deepEqual(
        requests.map(({ isConnected }) => isConnected),
        expected,
      );
    }),
  );
});

describe("a server", () => {
  for (const [clients, requests] of [
    [1, 1],
    [1, 9],
    [7, 1],
    [8, 9],
  ] as const) {
    test(
      `can hold what every client may have under way, and no more: ${clients} with ${requests}`,
      inDomain((node) => {
        const service = numbers(node, { maxClients: clients, maxActiveRequestsPerClient: requests });
        const server = service.server();
        const held = times(clients, () => service.client()).flatMap((client) => {
          const pending = times(requests, (index) => client.sendCopy(BigInt(5 * index + 7)));
          const active = receiveAll(server);
          assert.deepEqual(
            active.map(({ payload }) => payload),
            pending.map(({ payload }) => payload),
          );
          pending.pop()!.release();
          pending.push(client.sendCopy(99n));
          assert.throws(
            () => server.receive(),
            (error) => error instanceof ReceiveError && error.code === "ExceedsMaxBorrows",
          );
          // Nothing of this client may wait when the next one is looked at.
          active[0]!.release();
          const last = server.receive()!;
          assert.equal(last.payload, 99n);
          return [...active, last, ...pending];
        });
        for (const part of held) part.release();
      }),
    );
  }

  test(
    "hears of all clients that come and go, and gets back all that they did not take",
    inDomain((node) => {
      const service = numbers(node, {
        maxClients: 4,
        maxActiveRequestsPerClient: 4,
        maxResponseBufferSize: 7,
      });
      const server = service.server();
      for (let round = 0; round < 80; round++) {
        const clients = times(round % 4, () => service.client());
        const pending = clients.flatMap((client) => times(4, () => client.sendCopy(0n)));
        const requests = receiveAll(server);
        assert.equal(requests.length, pending.length);
        for (const request of requests) {
          for (const value of upTo(7)) assert.equal(request.sendCopy(value), 1);
          request.release();
        }
        for (const part of pending) part.release();
        for (const client of clients) client.close();
      }
    }),
  );
});

describe("a client", () => {
  test(
    "reaches all servers that come and go, and gets back all that they did not take",
    inDomain((node) => {
      const service = numbers(node, { maxServers: 4, maxActiveRequestsPerClient: 4 });
      const client = service.client();
      for (let round = 0; round < 80; round++) {
        const servers = times(round % 4, () => service.server());
        for (const server of servers) assert.equal(server.hasRequests(), false);
        const pending = times(4, () => client.sendCopy(BigInt(round)));
        assert.throws(
          () => client.sendCopy(0n),
          (error) => error instanceof RequestSendError && error.code === "ExceedsMaxActiveRequests",
        );
        for (const server of servers) {
          assert.equal(server.hasRequests(), true);
          using request = server.receive()!;
          assert.equal(request.payload, BigInt(round));
        }
        for (const one of pending) one.release();
        for (const server of servers) server.close();
      }
    }),
  );

  test(
    "may have fewer requests under way than others",
    inDomain((node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 13 });
      for (let maxActiveRequests = 1; maxActiveRequests < 13; maxActiveRequests++) {
        const clients = [service.client(), service.client({ maxActiveRequests })];
        for (const client of clients) {
          const pending = times(client.maxActiveRequests, (index) => client.sendCopy(BigInt(index)));
          assert.throws(
            () => client.sendCopy(0n),
            (error) => error instanceof RequestSendError && error.code === "ExceedsMaxActiveRequests",
          );
          for (const one of pending) one.release();
          client.close();
        }
      }
      const server = service.server();
      using pending = service.client({ maxActiveRequests: 0 }).sendCopy(0n);
      using request = server.receive()!;
      assert.equal(request.sendCopy(1n), 1);
      assert.deepEqual(responses(pending), [1n]);
    }),
  );
});

describe("responses", () => {
  test(
    "that nobody took do not arrive at the next request",
    inDomain((node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 1, maxResponseBufferSize: 8 });
      const server = service.server();
      const client = service.client();
      for (let round = 0n; round < 50n; round++) {
        using pending = client.sendCopy(0n);
        using request = server.receive()!;
        for (const value of upTo(8)) request.sendCopy(value * round);
        for (const value of upTo(4)) {
          using response = pending.receive()!;
          assert.equal(response.payload, value * round);
        }
      }
    }),
  );

  test(
    "of servers that left come first, and the request is connected as long as another one has it",
    inDomain((node) => {
      const service = numbers(node, { maxServers: 2, maxResponseBufferSize: 8 });
      const servers = [service.server(), service.server()] as const;
      const client = service.client();
      using pending = client.sendCopy(0n);
      const requests = servers.map((server) => server.receive()!);
      for (const value of upTo(8)) {
        requests[0]!.sendCopy(value);
        requests[1]!.sendCopy(value + 100n);
      }
      servers[1].close();
      requests[1]!.release();
      assert.deepEqual(responses(pending), [...upTo(8).map((value) => value + 100n), ...upTo(8)]);
      assert.equal(pending.isConnected, true);
      requests[0]!.release();
      assert.equal(pending.isConnected, false);
    }),
  );

  test(
    "arrive of as many servers at as many clients as there may be, each where it belongs",
    inDomain((node) => {
      for (const [clients, servers] of [
        [1, 1],
        [3, 1],
        [1, 3],
        [5, 6],
      ] as const) {
        using service = numbers(node, {
          maxClients: clients,
          maxServers: servers,
          maxActiveRequestsPerClient: 3,
          maxResponseBufferSize: 4,
        });
        const answering = times(servers, () => service.server());
        const asking = times(clients, () => service.client());
        const pending = asking.flatMap((client, index) =>
          times(3, (request) => client.sendCopy(BigInt(1000 * index + 100 * request))),
        );
        for (const [index, server] of answering.entries()) {
          const requests = receiveAll(server);
          assert.equal(requests.length, 3 * clients);
          for (const request of requests) {
            for (const value of upTo(4)) request.sendCopy(request.payload + 10n * BigInt(index) + value);
            request.release();
          }
        }
        for (const one of pending) {
          // The servers take turns; among the responses of one there is an order.
          const byServer = (value: bigint): bigint => ((value - one.payload) / 10n) % 10n;
          assert.deepEqual(
            responses(one).sort((a, b) => Number(byServer(a) - byServer(b))),
            times(servers, (index) =>
              upTo(4).map((value) => one.payload + 10n * BigInt(index) + value),
            ).flat(),
          );
          one.release();
        }
        for (const port of [...asking, ...answering]) port.close();
      }
    }),
  );
});
