/** The way of responses: to whom they come, what becomes of those that come too late or are too many. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import type { RequestResponseQos } from "../../service/request-response.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LoanError, ReceiveError, SendError } from "../common/port-errors.ts";
import type { PendingResponse } from "./pending-response.ts";

function numbers(node: Node, qos: RequestResponseQos = {}): RequestResponseService<U64, U64> {
  return node.service("a").requestResponse(u64, u64).create(qos);
}

function payloads(pending: PendingResponse<U64, U64>): bigint[] {
  const received: bigint[] = [];
  for (let response = pending.receive(); response !== undefined; response = pending.receive()) {
    received.push(response.payload);
    response.release();
  }
  return received;
}

describe("responses", () => {
  it(
    "reach the request that they belong to and no other, from all servers",
    inDomain((node) => {
      const service = numbers(node, { maxResponseBufferSize: 4 });
      const servers = [service.server(), service.server()];
      const clients = [service.client(), service.client(), service.client()];
      const pending = clients.flatMap((client, index) =>
        [0, 1, 2].map((request) => client.sendCopy(BigInt(10 * index + request))),
      );
      servers.forEach((server, index) => {
        for (let request = server.receive(); request !== undefined; request = server.receive()) {
          request.sendCopy(request.payload * 10n + BigInt(index));
          request.release();
        }
      });
      for (const one of pending) {
        assert.deepEqual(payloads(one), [one.payload * 10n, one.payload * 10n + 1n]);
        one.release();
      }
    }),
  );

  it(
    "are dropped by the client when they come too late for their request",
    inDomain((node) => {
      const service = numbers(node, { maxServers: 1, maxLoanedRequests: 1, maxActiveRequestsPerClient: 1 });
      const server = service.server();
      const client = service.client();
      const requests = Array.from({ length: 1 }, () => server.receive());
      assert.deepEqual(requests, [undefined]);
      // There are three channels, so every third request uses the same one.
      for (let round = 0n; round < 30n; round++) {
        const pending = client.sendCopy(round);
        const request = server.receive()!;
        assert.equal(request.sendCopy(round), 1);
        pending.release();
        assert.equal(request.sendCopy(round + 1000n), 0, "nobody waits any more");
        request.release();
        using next = client.sendCopy(round + 100n);
        assert.equal(next.hasResponse(), false);
        assert.deepEqual(payloads(next), []);
        server.receive()!.release();
      }
    }),
  );

  it(
    "that are too many replace the oldest, in a service with safe overflow",
    inDomain((node) => {
      using ledger = new ChunkLedger();
      const service = numbers(node, { maxResponseBufferSize: 2 });
      const server = service.server();
      const client = service.client();
      const pending = client.sendCopy(0n);
      const request = server.receive()!;
      for (let value = 1n; value <= 50n; value++) assert.equal(request.sendCopy(value), 1);
      assert.deepEqual(payloads(pending), [49n, 50n]);
      pending.release();
      request.release();
      client.close();
      server.updateConnections();
      assert.equal(ledger.inUse, 0);
    }),
  );

  it(
    "that are too many are refused, or left out, in a service without",
    inDomain((node) => {
      const service = numbers(node, { maxResponseBufferSize: 2, enableSafeOverflowForResponses: false });
      const client = service.client();
      const patient = service.server();
      using pending = client.sendCopy(0n);
      const request = patient.receive()!;
      request.sendCopy(1n);
      const loan = request.loan();
      loan.payload = 2n;
      loan.send();
      const refused = request.loan();
      refused.payload = 3n;
      for (const send of [() => refused.send(), () => request.sendCopy(3n)]) {
        assert.throws(
          send,
          (error) =>
            error instanceof SendError &&
            error.code === "UnableToDeliver" &&
            error.message.includes("2 responses wait for it already"),
        );
      }
      assert.deepEqual(payloads(pending), [1n, 2n]);
      assert.equal(refused.send(), 1, "the loan is still there");
      assert.deepEqual(payloads(pending), [3n]);
      request.release();
      patient.close();

      const careless = service.server({ backpressureStrategy: "DiscardData" });
      using other = client.sendCopy(1n);
      const second = careless.receive()!;
      assert.deepEqual(
        [1n, 2n, 3n].map((value) => second.sendCopy(value)),
        [1, 1, 0],
      );
      assert.deepEqual(payloads(other), [1n, 2n]);
      second.release();
    }),
  );

  it(
    "to a client that is full and gives up are no error",
    inDomain((node) => {
      const service = numbers(node, { maxResponseBufferSize: 1, enableSafeOverflowForResponses: false });
      const client = service.client();
      const server = service.server();
      const pending = client.sendCopy(0n);
      using request = server.receive()!;
      request.sendCopy(1n);
      assert.throws(() => request.sendCopy(2n), SendError);
      pending.release();
      assert.equal(request.sendCopy(3n), 0);
    }),
  );

  it(
    "are held up to the service's limit, per pending response; nothing is lost",
    inDomain((node) => {
      const service = numbers(node, {
        maxResponseBufferSize: 4,
        maxBorrowedResponsesPerPendingResponse: 2,
      });
      const client = service.client();
      const server = service.server();
      using first = client.sendCopy(1n);
      using second = client.sendCopy(2n);
      for (const _ of [first, second]) {
        using request = server.receive()!;
        for (let value = 0n; value < 3n; value++) request.sendCopy(request.payload * 10n + value);
      }
      const held = [first.receive()!, first.receive()!];
      assert.throws(
        () => first.receive(),
        (error) =>
          error instanceof ReceiveError &&
          error.code === "ExceedsMaxBorrows" &&
          error.message.includes("2 responses of each sender"),
      );
      assert.deepEqual(payloads(second), [20n, 21n, 22n], "each has its own limit");
      assert.deepEqual(
        held.map(({ payload }) => payload),
        [10n, 11n],
      );
      held[0]!.release();
      assert.deepEqual(payloads(first), [12n]);
      held[1]!.release();
    }),
  );

  it(
    "stay readable when their pending response and their server are gone",
    inDomain((node) => {
      const service = node.service("a").requestResponse(u64, bytes).create();
      const client = service.client();
      const server = service.server({ initialMaxSliceLen: 4 });
      const pending = client.sendCopy(1n);
      const request = server.receive()!;
      request.sendCopy([1, 2, 3, 4]);
      request.release();
      const response = pending.receive()!;
      pending.release();
      server.close();
      client.updateConnections();
      assert.deepEqual(response.payload, Uint8Array.of(1, 2, 3, 4));
      response.release();
    }),
  );

  it(
    "come to an end when the client gives them up, or would rather not have more",
    inDomain((node) => {
      const service = numbers(node);
      const client = service.client();
      const server = service.server();
      const pending = client.sendCopy(1n);
      const request = server.receive()!;
      assert.deepEqual([request.isConnected, request.hasDisconnectHint], [true, false]);
      pending.setDisconnectHint();
      assert.deepEqual([request.isConnected, request.hasDisconnectHint], [true, true]);
      assert.equal(pending.isConnected, true);
      assert.equal(request.sendCopy(2n), 1, "it may respond nevertheless");
      assert.deepEqual(payloads(pending), [2n]);
      pending.release();
      assert.deepEqual([request.isConnected, request.hasDisconnectHint], [false, false]);
      assert.equal(request.sendCopy(3n), 0);
      request.release();
      assert.deepEqual([request.isConnected, request.hasDisconnectHint], [false, false]);
    }),
  );

  for (const allocationStrategy of ["BestFit", "PowerOfTwo"] as const) {
    it(
      `grow while older ones are held (${allocationStrategy})`,
      inDomain((node) => {
        using ledger = new ChunkLedger();
        const service = node
          .service("a")
          .requestResponse(bytes, bytes)
          .create({ maxResponseBufferSize: 1, maxBorrowedResponsesPerPendingResponse: 2 });
        const client = service.client({ allocationStrategy });
        const server = service.server({ allocationStrategy });
        const held = [];
        for (let n = 1; n <= 1000; n *= 10) {
          const length = n * n;
          const pending = client.sendCopy(new Uint8Array(length).fill(n));
          const request = server.receive()!;
          assert.deepEqual(request.payload, pending.payload);
          request.sendCopy(new Uint8Array(2 * length).fill(n + 1));
          request.release();
          held.push([n, pending.receive()!] as const);
          pending.release();
        }
        for (const [n, response] of held) {
          assert.deepEqual(response.copy(), new Uint8Array(2 * n * n).fill(n + 1));
          response.release();
        }
        client.close();
        server.close();
        assert.equal(ledger.inUse, 0);
      }),
    );
  }

  it(
    "and requests that are too long for a fixed memory are refused",
    inDomain((node) => {
      const service = node.service("a").requestResponse(bytes, bytes).create();
      const client = service.client({ initialMaxSliceLen: 8 });
      const server = service.server({ initialMaxSliceLen: 4 });
      const tooLong = (error: unknown): boolean =>
        error instanceof LoanError && error.code === "ExceedsMaxLoanSize";
      assert.throws(() => client.sendCopy(new Uint8Array(9)), tooLong);
      assert.throws(() => client.loan(9), tooLong);
      using _pending = client.sendCopy(new Uint8Array(8));
      using request = server.receive()!;
      assert.throws(() => request.sendCopy(new Uint8Array(5)), tooLong);
      assert.throws(() => request.loanUninit(5), tooLong);
      assert.equal(request.sendCopy(new Uint8Array(4)), 1);
    }),
  );
});

describe("requests", () => {
  it(
    "that are too many replace the oldest, in a service with safe overflow",
    inDomain((node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 2 });
      const server = service.server();
      const client = service.client();
      for (let value = 1n; value <= 10n; value++) client.sendCopy(value).release();
      const received: bigint[] = [];
      for (let request = server.receive(); request !== undefined; request = server.receive()) {
        received.push(request.payload);
        request.release();
      }
      assert.deepEqual(received, [9n, 10n]);
    }),
  );

  it(
    "that are too many are refused in a service without; no server gets one then",
    inDomain((node) => {
      const service = numbers(node, {
        maxActiveRequestsPerClient: 2,
        enableSafeOverflowForRequests: false,
      });
      const [slow, quick] = [service.server(), service.server()];
      const client = service.client();
      for (const server of [slow, quick]) server.updateConnections();
      for (const value of [1n, 2n]) client.sendCopy(value).release();
      for (let count = 0; count < 2; count++) quick.receive()!.release();
      const loan = client.loan();
      loan.payload = 3n;
      for (const send of [() => loan.send(), () => client.sendCopy(3n)]) {
        assert.throws(
          send,
          (error) =>
            error instanceof SendError &&
            error.code === "UnableToDeliver" &&
            error.message.includes("2 requests wait for it already"),
        );
      }
      assert.equal(quick.receive(), undefined);
      slow.receive()!.release();
      using pending = loan.send();
      assert.equal(pending.numberOfServerConnections, 2);
      using request = quick.receive()!;
      assert.equal(request.payload, 3n);
      assert.equal(request.isConnected, true);
    }),
  );

  for (const enableFireAndForgetRequests of [true, false]) {
    it(
      `whose delivery a handler lets fail have no channel (${enableFireAndForgetRequests ? "" : "no "}fire and forget)`,
      inDomain((node) => {
        const service = numbers(node, {
          maxActiveRequestsPerClient: 1,
          enableSafeOverflowForRequests: false,
          enableFireAndForgetRequests,
        });
        const [slow, quick] = [service.server(), service.server()];
        const client = service.client({ backpressureHandler: () => "DiscardDataAndFail" });
        for (const server of [slow, quick]) server.updateConnections();
        client.sendCopy(1n).release();
        quick.receive()?.release();
        assert.throws(() => client.sendCopy(2n), SendError);
        using delivered = quick.receive();
        if (enableFireAndForgetRequests) {
          assert.equal(delivered?.payload, 2n);
          assert.equal(delivered.isConnected, false);
        } else {
          assert.equal(delivered, undefined);
        }
        slow.receive()?.release();
        using again = client.sendCopy(3n);
        assert.equal(again.numberOfServerConnections, 2, "the failure took nothing from the limit");
      }),
    );
  }
});
