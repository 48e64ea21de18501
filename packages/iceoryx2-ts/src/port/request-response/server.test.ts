import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import { ClosedError, UseAfterReleaseError } from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import type { RequestResponseQos } from "../../service/request-response.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LoanError, ReceiveError } from "../common/port-errors.ts";
import type { Server } from "./server.ts";

function numbers(node: Node, qos: RequestResponseQos = {}): RequestResponseService<U64, U64> {
  return node.service("a").requestResponse(u64, u64).create(qos);
}

/** Receives and releases everything that waits. */
function payloads(server: Server<U64, U64>): [payload: bigint, isConnected: boolean][] {
  const received: [bigint, boolean][] = [];
  for (let request = server.receive(); request !== undefined; request = server.receive()) {
    received.push([request.payload, request.isConnected]);
    request.release();
  }
  return received;
}

describe("a server", () => {
  it(
    "has the name, the id and the settings that it was created with",
    inDomain((node) => {
      const service = node.service("a").requestResponse(u64, bytes).create();
      const server = service.server({
        name: "back",
        maxLoanedResponsesPerRequest: 3,
        initialMaxSliceLen: 7,
        allocationStrategy: "BestFit",
        backpressureStrategy: "DiscardData",
      });
      assert.equal(server.name, "back");
      assert.equal(server.maxLoanedResponsesPerRequest, 3);
      assert.equal(server.initialMaxSliceLen, 7);
      assert.equal(server.allocationStrategy, "BestFit");
      assert.equal(server.backpressureStrategy, "DiscardData");
      assert.deepEqual(service.servers(), [
        {
          portId: server.id,
          portName: "back",
          nodeId: node.id,
          requestBufferSize: 4,
          numberOfResponses: 8 * 2 * 4 * (2 + 2 + 3),
          maxSliceLen: 7,
          dataSegmentType: "Dynamic",
          maxNumberOfSegments: 255,
        },
      ]);
      assert.equal(service.server({ maxLoanedResponsesPerRequest: 0 }).maxLoanedResponsesPerRequest, 1);
      assert.equal(service.numberOfServers, 2);
    }),
  );

  it(
    "answers each request with as many responses as it likes",
    inDomain((node) => {
      const service = numbers(node, { maxResponseBufferSize: 3 });
      const server = service.server();
      const client = service.client();
      assert.equal(server.hasRequests(), false);
      using pending = client.sendCopy(10n);
      assert.equal(server.hasRequests(), true);
      const request = server.receive()!;
      assert.equal(server.hasRequests(), false);
      assert.equal(request.isConnected, true);
      assert.equal(pending.hasResponse(), false);
      assert.equal(request.sendCopy(1n), 1);
      const loan = request.loan();
      assert.equal(loan.payload, 0n);
      loan.payload = 2n;
      assert.equal(loan.send(), 1);
      const late = request.loanUninit();
      late.payload = 3n;
      assert.equal(late.send(), 1);
      request.release();
      assert.equal(pending.isConnected, false);
      for (const expected of [1n, 2n, 3n]) {
        assert.equal(pending.hasResponse(), true);
        using response = pending.receive()!;
        assert.equal(response.payload, expected);
        assert.equal(response.origin, server.id);
        assert.deepEqual(response.header, { nodeId: node.id, serverId: server.id, numberOfElements: 1 });
      }
      assert.equal(pending.receive(), undefined);
      assert.throws(() => request.sendCopy(4n), UseAfterReleaseError);
      assert.throws(() => request.loan(), UseAfterReleaseError);
      request.release();
    }),
  );

  it(
    "has as many loans per request as it asked for",
    inDomain((node) => {
      const service = numbers(node);
      const server = service.server({ maxLoanedResponsesPerRequest: 2 });
      const client = service.client();
      using _first = client.sendCopy(1n);
      using _second = client.sendCopy(2n);
      const requests = [server.receive()!, server.receive()!];
      for (const request of requests) {
        const loans = [request.loan(), request.loan()];
        for (const exceed of [() => request.loan(), () => request.sendCopy(1n)]) {
          assert.throws(
            exceed,
            (error) =>
              error instanceof LoanError &&
              error.code === "ExceedsMaxLoans" &&
              error.message.includes("2 responses to this request are already on loan"),
          );
        }
        loans[0]!.release();
        request.loan().release();
      }
      assert.equal(requests[0]!.isConnected, true);
      for (const request of requests) request.release();
    }),
  );

  it(
    "cannot hold more requests of a client than may be active; nothing is lost",
    inDomain((node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 2 });
      const server = service.server();
      const client = service.client();
      const held = [1n, 2n].map((value) => {
        client.sendCopy(value).release();
        return server.receive()!;
      });
      using _third = client.sendCopy(3n);
      assert.throws(
        () => server.receive(),
        (error) =>
          error instanceof ReceiveError &&
          error.code === "ExceedsMaxBorrows" &&
          error.message.includes("2 requests of each sender"),
      );
      held[0]!.release();
      assert.deepEqual(payloads(server), [[3n, true]]);
      held[1]!.release();
    }),
  );

  it(
    "gets requests that nobody waits for any more, if the service has fire-and-forget requests",
    inDomain((node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      client.sendCopy(1n).release();
      using _pending = client.sendCopy(2n);
      const gone = service.client();
      gone.sendCopy(3n).release();
      server.updateConnections();
      gone.close();
      assert.equal(server.hasRequests(), true);
      assert.deepEqual(
        payloads(server),
        [
          [3n, false],
          [1n, false],
          [2n, true],
        ],
        "those of clients that left come first",
      );
    }),
  );

  it(
    "does not get them otherwise",
    inDomain((node) => {
      using ledger = new ChunkLedger();
      const service = numbers(node, { enableFireAndForgetRequests: false });
      const server = service.server();
      const client = service.client();
      client.sendCopy(1n).release();
      const pending = client.sendCopy(2n);
      const gone = service.client();
      gone.sendCopy(3n).release();
      server.updateConnections();
      gone.close();
      assert.deepEqual(payloads(server), [[2n, true]]);
      pending.release();
      client.close();
      assert.equal(server.hasRequests(), false);
      assert.equal(server.receive(), undefined);
      assert.equal(ledger.inUse, 0, "what was left out went back to its client");
    }),
  );

  it(
    "without fire-and-forget requests survives any number of clients that come and go",
    inDomain(
      (node) => {
        const service = numbers(node, { enableFireAndForgetRequests: false, maxClients: 2 });
        const server = service.server();
        for (let round = 0; round < 20; round++) {
          using client = service.client();
          using _pending = client.sendCopy(BigInt(round));
          assert.deepEqual(payloads(server), [[BigInt(round), true]]);
        }
      },
      { defaults: { requestResponse: { serverExpiredConnectionBuffer: 4 } } },
    ),
  );

  it(
    "that is closed stays until its requests and loans are released",
    inDomain((node) => {
      using ledger = new ChunkLedger();
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      const pending = client.sendCopy(1n);
      const request = server.receive()!;
      const loan = request.loan();
      server.close();
      server.close();
      assert.equal(server.closed, true);
      assert.throws(() => server.receive(), ClosedError);
      assert.throws(() => server.hasRequests(), ClosedError);
      assert.throws(() => server.requests(), ClosedError);
      assert.throws(() => server.updateConnections(), ClosedError);
      assert.equal(service.numberOfServers, 1);
      assert.equal(request.sendCopy(2n), 1);
      request.release();
      assert.equal(service.numberOfServers, 1, "a loan is out");
      loan.payload = 3n;
      assert.equal(loan.send(), 0, "its request has ended");
      assert.equal(service.numberOfServers, 0);
      using response = pending.receive()!;
      assert.equal(response.payload, 2n, "what was sent before is still there");
      response.release();
      pending.release();
      client.close();
      assert.equal(ledger.inUse, 0);
    }),
  );

  it(
    "that leaves is not connected any more, though its responses wait",
    inDomain((node) => {
      const service = numbers(node);
      const client = service.client();
      const leaving = service.server();
      const staying = service.server();
      using first = client.sendCopy(1n);
      using second = client.sendCopy(2n);
      const request = leaving.receive()!;
      request.sendCopy(10n);
      leaving.close();
      request.release();
      const rest = [staying.receive()!, staying.receive()!];
      rest[0]!.sendCopy(20n);
      for (const active of rest) active.release();
      assert.equal(first.isConnected, false);
      assert.equal(second.isConnected, false, "the server left without ever taking this request");
      const received: bigint[] = [];
      for (let response = first.receive(); response !== undefined; response = first.receive()) {
        received.push(response.payload);
        response.release();
      }
      assert.deepEqual(received, [10n, 20n], "those of servers that left come first");
      assert.equal(second.receive(), undefined);
    }),
  );
});
