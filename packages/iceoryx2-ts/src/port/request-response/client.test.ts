import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import { ClosedError, UseAfterReleaseError } from "../../base/general-errors.ts";
import { i32, type U64, u8, u32, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { struct } from "../../payload/struct.ts";
import type { RequestResponseQos } from "../../service/request-response.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { LoanError } from "../common/port-errors.ts";
import { RequestSendError } from "./request-response-port-errors.ts";

const question = struct("Question", { left: i32, right: i32 });

function numbers(node: Node, qos: RequestResponseQos = {}): RequestResponseService<U64, U64> {
  return node.service("a").requestResponse(u64, u64).create(qos);
}

describe("a client", () => {
  it(
    "has the name, the id and the settings that it was created with",
    inDomain((node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 5 });
      const client = service.client({
        name: "front",
        maxActiveRequests: 3,
        backpressureStrategy: "DiscardData",
      });
      assert.equal(client.name, "front");
      assert.equal(client.maxActiveRequests, 3);
      assert.equal(client.initialMaxSliceLen, 1);
      assert.equal(client.backpressureStrategy, "DiscardData");
      assert.equal(client.allocationStrategy, "Static");
      assert.deepEqual(service.clients(), [
        {
          portId: client.id,
          portName: "front",
          nodeId: node.id,
          numberOfRequests: 2 * 2 * 3 + 2,
          responseBufferSize: 2,
          maxActiveRequests: 3,
          maxSliceLen: 1,
          dataSegmentType: "Static",
          maxNumberOfSegments: 1,
        },
      ]);
      const other = service.client();
      assert.notEqual(other.id, client.id);
      assert.equal(other.name, "");
      assert.equal(other.maxActiveRequests, 5);
      assert.equal(service.numberOfClients, 2);
    }),
  );

  it(
    "sends to every server that is there, and shows its own request",
    inDomain((node) => {
      const service = node.service("a").requestResponse(question, u64, { requestUserHeader: u32 }).create();
      const client = service.client();
      using nobody = client.sendCopy({ left: 0, right: 0 });
      assert.equal(nobody.numberOfServerConnections, 0);
      assert.equal(nobody.isConnected, false);
      const servers = [service.server(), service.server()];
      const pending = client.sendCopy({ left: 1, right: 2 }, { userHeader: 3 });
      assert.equal(pending.numberOfServerConnections, 2);
      assert.equal(pending.isConnected, true);
      assert.deepEqual([pending.payload.left, pending.payload.right], [1, 2]);
      assert.equal(pending.userHeader, 3);
      assert.deepEqual(pending.header, { nodeId: node.id, clientId: client.id, numberOfElements: 1 });
      for (const server of servers) {
        using request = server.receive()!;
        assert.deepEqual(request.copy(), { left: 1, right: 2 });
        assert.equal(request.userHeader, 3);
        assert.equal(request.origin, client.id);
        assert.deepEqual(request.header, pending.header);
        assert.equal(server.receive(), undefined, "the request from before the server came is not there");
      }
      assert.equal(pending.isConnected, false, "all servers are done with it");
      pending.release();
      assert.equal(pending.released, true);
      assert.equal(pending.isConnected, false);
      assert.throws(() => pending.payload, UseAfterReleaseError);
      assert.throws(() => pending.receive(), UseAfterReleaseError);
      assert.throws(() => pending.hasResponse(), UseAfterReleaseError);
      assert.throws(() => pending.setDisconnectHint(), UseAfterReleaseError);
      pending.release();
    }),
  );

  it(
    "sends what was written into a loan",
    inDomain((node) => {
      const service = node
        .service("a")
        .requestResponse(bytes, u64, { requestUserHeader: question, requestPayloadAlignment: 64 })
        .create();
      const client = service.client({ initialMaxSliceLen: 8 });
      const server = service.server();
      const loan = client.loan(3);
      loan.payload.set([1, 2, 3]);
      loan.userHeader.left = 7;
      using pending = loan.send();
      assert.equal(loan.released, true);
      assert.throws(() => loan.send(), UseAfterReleaseError);
      assert.deepEqual(pending.payload, Uint8Array.of(1, 2, 3));
      assert.equal(pending.userHeader.left, 7);
      using request = server.receive()!;
      assert.deepEqual(request.payload, Uint8Array.of(1, 2, 3));
      assert.equal(request.payload.byteOffset % 64, 0, "aligned");
      assert.equal(request.userHeader.left, 7);
      using zeroed = client.loan(8);
      assert.deepEqual(zeroed.payload, new Uint8Array(8));
      assert.equal(zeroed.userHeader.left, 0);
    }),
  );

  it(
    "has as many loans as the service allows, beside as many pending responses",
    inDomain((node) => {
      const service = numbers(node, { maxLoanedRequests: 3, maxActiveRequestsPerClient: 2 });
      const client = service.client();
      for (let round = 0; round < 3; round++) {
        const pending = [client.sendCopy(1n), client.sendCopy(2n)];
        const loans = [client.loan(), client.loan(), client.loanUninit()];
        assert.throws(
          () => client.loan(),
          (error) =>
            error instanceof LoanError &&
            error.code === "ExceedsMaxLoans" &&
            error.message.includes("3 requests are already on loan (maxLoanedRequests: 3)"),
        );
        for (const loan of loans) loan.release();
        for (const response of pending) response.release();
      }
    }),
  );

  it(
    "has no more pending responses than it asked for; what it cannot send it keeps",
    inDomain((node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client({ maxActiveRequests: 2 });
      const first = client.sendCopy(1n);
      const second = client.sendCopy(2n);
      const loan = client.loan();
      loan.payload = 3n;
      for (const send of [() => client.sendCopy(4n), () => loan.send()]) {
        assert.throws(
          send,
          (error) =>
            error instanceof RequestSendError &&
            error.code === "ExceedsMaxActiveRequests" &&
            error.message.includes("2 pending responses are open already (maxActiveRequests: 2)"),
        );
      }
      second.release();
      using third = loan.send();
      assert.equal(third.payload, 3n);
      first.release();
      const received: bigint[] = [];
      for (let request = server.receive(); request !== undefined; request = server.receive()) {
        received.push(request.payload);
        request.release();
      }
      assert.deepEqual(received, [1n, 2n, 3n]);
    }),
  );

  it(
    "that is closed stays until its loans, pending responses and responses are released",
    inDomain((node) => {
      using ledger = new ChunkLedger();
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      const loan = client.loan();
      loan.payload = 5n;
      client.close();
      client.close();
      assert.equal(client.closed, true);
      assert.throws(() => client.loan(), ClosedError);
      assert.throws(() => client.sendCopy(1n), ClosedError);
      assert.throws(() => client.updateConnections(), ClosedError);
      assert.equal(service.numberOfClients, 1, "a loan is out");
      const pending = loan.send();
      assert.equal(service.numberOfClients, 1, "a request is open");
      const request = server.receive()!;
      assert.equal(request.isConnected, true);
      assert.equal(request.sendCopy(6n), 1);
      const response = pending.receive()!;
      pending.release();
      assert.equal(request.isConnected, false);
      assert.equal(service.numberOfClients, 1, "a response is held");
      assert.equal(response.payload, 6n);
      response.release();
      assert.equal(service.numberOfClients, 0);
      assert.equal(request.sendCopy(7n), 0);
      request.release();
      server.close();
      assert.equal(ledger.inUse, 0);
    }),
  );

  it(
    "goes with its node, whatever is still held",
    inDomain((node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      const loan = client.loan();
      const pending = client.sendCopy(1n);
      const request = server.receive()!;
      request.sendCopy(2n);
      const response = pending.receive()!;
      const answer = request.loan();
      node.close();
      assert.equal(client.closed, true);
      assert.equal(server.closed, true);
      assert.equal(loan.released, true);
      assert.equal(answer.released, true);
      assert.equal(pending.released, true);
      assert.equal(request.payload, 1n, "a private copy");
      assert.equal(request.isConnected, false);
      assert.equal(request.hasDisconnectHint, false);
      assert.throws(() => request.sendCopy(3n), ClosedError);
      assert.throws(() => request.loan(), ClosedError);
      assert.equal(response.payload, 2n, "a private copy");
      for (const held of [loan, pending, request, response, answer]) held.release();
    }),
  );

  it(
    "can come and go for ever",
    inDomain((node) => {
      const service = numbers(node, { maxClients: 1, maxServers: 1 });
      for (let round = 0; round < 20; round++) {
        using client = service.client();
        using server = service.server();
        using pending = client.sendCopy(BigInt(round));
        using request = server.receive()!;
        assert.equal(request.payload, BigInt(round));
        request.sendCopy(1n);
        using response = pending.receive()!;
        assert.equal(response.payload, 1n);
      }
      assert.deepEqual([service.numberOfClients, service.numberOfServers], [0, 0]);
    }),
  );

  it(
    "gets its own type of user header for responses",
    inDomain((node) => {
      const service = node.service("a").requestResponse(u8, u8, { responseUserHeader: u32 }).create();
      const client = service.client();
      const server = service.server();
      using pending = client.sendCopy(1);
      const typed: undefined = pending.userHeader;
      assert.equal(typed, undefined);
      using request = server.receive()!;
      request.sendCopy(2, { userHeader: 9 });
      using response = pending.receive()!;
      const header: number = response.userHeader;
      assert.equal(header, 9);
    }),
  );
});
