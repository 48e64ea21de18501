/** Calls and streams of clients. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import { ClosedError, TimeoutError } from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { struct } from "../../payload/struct.ts";
import type { RequestResponseQos } from "../../service/request-response.ts";
import { inDomainAsync } from "../../testing/in-domain.test-support.ts";
import { LoanError } from "../common/port-errors.ts";
import type { ActiveRequest } from "./active-request.ts";
import { CallError } from "./call-error.ts";
import type { Server } from "./server.ts";

type Numbers = RequestResponseService<U64, U64>;

function numbers(node: Node, qos: RequestResponseQos = {}): Numbers {
  return node.service("a").requestResponse(u64, u64).create(qos);
}

function withCode(code: CallError["code"]): (error: unknown) => boolean {
  return (error) => error instanceof CallError && error.code === code;
}

/** The next request, as soon as it comes. */
async function nextRequest(server: Server<U64, U64>): Promise<ActiveRequest<U64, U64>> {
  for await (const request of server) return request.keep();
  throw new Error("the server was closed");
}

describe("a call", () => {
  it(
    "gives the first response, as a plain value",
    inDomainAsync(async (node) => {
      const Point = struct("Point", { x: u64, y: u64 });
      const Stamp = struct("Stamp", { time: u64 });
      const service = node
        .service("a")
        .requestResponse(bytes, Point, { requestUserHeader: Stamp })
        .create({ enableSafeOverflowForResponses: false });
      const server = service.server();
      const client = service.client({ allocationStrategy: "BestFit" });
      const answer = client.call(Uint8Array.of(1, 2, 3), { userHeader: { time: 7n } });
      const request = server.receive()!;
      assert.deepEqual([...request.payload], [1, 2, 3]);
      assert.equal(request.userHeader.time, 7n);
      request.sendCopy({ x: 1n, y: 2n });
      request.sendCopy({ x: 3n, y: 4n });
      const value = await answer;
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      assert.deepEqual(value, { x: 1n, y: 2n });
      assert.equal(request.isConnected, false, "nobody waits for more");
      request.release();
    }),
  );

  it(
    "takes the answer of the fastest server and cancels the others",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const servers = [service.server(), service.server()];
      const answer = service.client().call(1n);
      const [slow, fast] = servers.map((server) => server.receive()!);
      fast!.sendCopy(20n);
      assert.equal(await answer, 20n);
      assert.equal(slow!.isConnected, false);
      assert.equal(slow!.sendCopy(10n), 0);
      slow!.release();
      fast!.release();
    }),
  );

  it(
    "fails without a server, and when all servers end without responding",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const client = service.client();
      await assert.rejects(client.call(1n), withCode("NoServer"));
      const servers = [service.server(), service.server()];
      const answer = client.call(1n);
      for (const server of servers) server.receive()!.release();
      await assert.rejects(answer, withCode("NoResponse"));
    }),
  );

  it(
    "fails when the last server leaves with the request in its queue; its process did not die",
    inDomainAsync(async (node, domain) => {
      const service = numbers(node);
      const client = service.client();
      using other = Node.create({ config: domain.config, signals: "ignore" });
      other.service("a").requestResponse(u64, u64).open().server();
      const answer = client.call(1n);
      other.close();
      await assert.rejects(answer, withCode("NoResponse"));
    }),
  );

  it(
    "gives up when the time is over, and tells the server",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      await assert.rejects(client.call(1n, { timeout: 1 }), TimeoutError);
      const request = server.receive()!;
      assert.equal(request.isConnected, false);
      request.release();
      await assert.rejects(client.call(1n, { timeout: 0 }), TimeoutError);
    }),
  );

  it(
    "gives up when it is aborted, before and after it was sent",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      const reason = new Error("enough");
      await assert.rejects(
        client.call(1n, { signal: AbortSignal.abort(reason) }),
        (error) => error === reason,
      );
      assert.equal(server.hasRequests(), false);
      const controller = new AbortController();
      const answer = client.call(2n, { signal: controller.signal });
      const request = server.receive()!;
      assert.equal(request.isConnected, true);
      controller.abort(reason);
      await assert.rejects(answer, (error) => error === reason);
      assert.equal(request.isConnected, false);
      request.release();
    }),
  );

  it(
    "beyond the number of active requests waits for its turn",
    inDomainAsync(async (node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 2 });
      const server = service.server();
      const client = service.client();
      const answers = [1n, 2n, 3n, 4n, 5n].map((value) => client.call(value));
      const seen: bigint[] = [];
      for (let i = 0; i < answers.length; i++) {
        const request = await nextRequest(server);
        seen.push(request.payload);
        assert(client.maxActiveRequests >= 2);
        request.sendCopy(request.payload * 10n);
        request.release();
      }
      assert.deepEqual(seen, [1n, 2n, 3n, 4n, 5n]);
      assert.deepEqual(await Promise.all(answers), [10n, 20n, 30n, 40n, 50n]);
    }),
  );

  it(
    "waits for its turn inside of its time, and for pending responses and loans of others",
    inDomainAsync(async (node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 1, maxLoanedRequests: 1 });
      const server = service.server();
      const client = service.client();
      const loan = client.loan();
      const late = client.call(1n, { timeout: 1 });
      const patient = client.call(2n);
      await assert.rejects(late, TimeoutError);
      assert.throws(() => client.loan(), LoanError);
      loan.payload = 3n;
      const pending = loan.send();
      const first = server.receive()!;
      assert.equal(first.payload, 3n);
      first.release();
      await turn();
      assert.equal(server.hasRequests(), false);
      pending.release();
      const second = await nextRequest(server);
      assert.equal(second.payload, 2n);
      second.sendCopy(4n);
      assert.equal(await patient, 4n);
      second.release();
    }),
  );

  it(
    "waits for room at a server",
    inDomainAsync(async (node) => {
      const qos = { maxActiveRequestsPerClient: 1, enableSafeOverflowForRequests: false };
      const service = numbers(node, qos);
      const server = service.server();
      const client = service.client();
      client.sendCopy(1n).release();
      const answer = client.call(2n);
      await turn();
      server.receive()!.release();
      const request = await nextRequest(server);
      assert.equal(request.payload, 2n);
      request.sendCopy(3n);
      assert.equal(await answer, 3n);
      request.release();
    }),
  );

  it(
    "ends with its client, sent or not",
    inDomainAsync(async (node) => {
      const service = numbers(node, { maxActiveRequestsPerClient: 1 });
      const server = service.server();
      const client = service.client();
      const answers = [client.call(1n), client.call(2n)];
      const request = server.receive()!;
      const rejected = answers.map((answer) => assert.rejects(answer, ClosedError));
      client.close();
      await Promise.all(rejected);
      assert.equal(service.numberOfClients, 0);
      assert.equal(request.isConnected, false);
      request.release();
      assert.equal(server.hasRequests(), false);
      await assert.rejects(client.call(3n), ClosedError);
    }),
  );

  it(
    "ends with its node",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      service.server();
      const answer = service.client().call(1n);
      const rejected = assert.rejects(answer, ClosedError);
      node.close();
      await rejected;
    }),
  );

  it(
    "refuses a value that does not fit, and goes on",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      await assert.rejects(client.call(1 as unknown as bigint), { code: "WrongType" });
      const answer = client.call(2n);
      const request = server.receive()!;
      request.sendCopy(request.payload);
      assert.equal(await answer, 2n);
      request.release();
    }),
  );
});

describe("a stream", () => {
  it(
    "gives all responses of all servers, owns them, and ends with the last server",
    inDomainAsync(async (node) => {
      const service = numbers(node, { maxBorrowedResponsesPerPendingResponse: 1 });
      const servers = [service.server(), service.server()];
      const stream = service.client().stream(1n);
      assert.equal(servers[0]!.hasRequests(), false, "it begins with the loop");
      const first = stream.next();
      const requests = servers.map((server) => server.receive()!);
      const received: bigint[] = [];
      requests[0]!.sendCopy(1n);
      const { value: response } = await first;
      received.push(response!.payload);
      requests[0]!.release();
      requests[1]!.sendCopy(2n);
      requests[1]!.sendCopy(3n);
      requests[1]!.release();
      for await (const { payload } of stream) received.push(payload);
      assert.deepEqual(received, [1n, 2n, 3n]);
      assert.equal(response!.released, true);
    }),
  );

  it(
    "may be empty; fails without a server",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const client = service.client();
      await assert.rejects(client.stream(1n).next(), withCode("NoServer"));
      const server = service.server();
      const first = client.stream(1n).next();
      server.receive()!.release();
      assert.equal((await first).done, true);
    }),
  );

  it(
    "tells the server when its loop is left",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      const stream = client.stream(1n);
      const first = stream.next();
      const request = server.receive()!;
      request.sendCopy(1n);
      const kept = (await first).value!.keep();
      await stream.return?.();
      assert.equal(request.isConnected, false);
      assert.equal(kept.payload, 1n);
      kept.release();
      request.release();
    }),
  );

  it(
    "fails when the time is over, when it is aborted, and when its client is closed",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      await assert.rejects(client.stream(1n, { timeout: 1 }).next(), TimeoutError);
      const controller = new AbortController();
      const reason = new Error("enough");
      const aborted = client.stream(2n, { signal: controller.signal }).next();
      await turn();
      controller.abort(reason);
      await assert.rejects(aborted, (error) => error === reason);
      const closed = client.stream(3n).next();
      await turn();
      client.close();
      await assert.rejects(closed, ClosedError);
      for (let request = server.receive(); request !== undefined; request = server.receive()) {
        assert.equal(request.isConnected, false);
        request.release();
      }
    }),
  );
});

describe("waiting for a server", () => {
  it(
    "ends when there is one",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const client = service.client();
      assert.equal(await client.waitForServer({ timeout: 1 }), false);
      const waiting = client.waitForServer();
      await turn();
      const server = service.server();
      assert.equal(await waiting, true);
      assert.equal(await client.waitForServer(), true);
      server.close();
      const reason = new Error("enough");
      await assert.rejects(
        client.waitForServer({ signal: AbortSignal.abort(reason) }),
        (error) => error === reason,
      );
      const closed = client.waitForServer();
      await turn();
      client.close();
      assert.equal(await closed, false);
    }),
  );
});
