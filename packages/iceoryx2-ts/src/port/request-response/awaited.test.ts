/** Waiting for requests, responses and room. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import {
  AlreadyWaitingError,
  ClosedError,
  InvalidArgumentError,
  TimeoutError,
  UseAfterReleaseError,
} from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import type { RequestResponseQos } from "../../service/request-response.ts";
import { inDomainAsync } from "../../testing/in-domain.test-support.ts";
import { LoanError } from "../common/port-errors.ts";
import type { ActiveRequest } from "./active-request.ts";
import type { Server } from "./server.ts";

function numbers(node: Node, qos: RequestResponseQos = {}): RequestResponseService<U64, U64> {
  return node.service("a").requestResponse(u64, u64).create(qos);
}

/** Answers every request with the numbers below it, until the server closes. */
async function serve(server: Server<U64, U64>): Promise<number> {
  let served = 0;
  for await (const request of server) {
    for (let value = 0n; value < request.payload; value++) await request.send(value);
    served++;
  }
  return served;
}

describe("a loop over requests", () => {
  it(
    "gets them as they come, and ends with its server",
    inDomainAsync(async (node) => {
      const service = numbers(node, { enableSafeOverflowForResponses: false });
      const server = service.server();
      const serving = serve(server);
      const client = service.client();
      for (let request = 0n; request < 6n; request++) {
        const received: bigint[] = [];
        using pending = client.sendCopy(request);
        for await (const response of pending) received.push(response.payload);
        assert.deepEqual(
          received,
          Array.from({ length: Number(request) }, (_, value) => BigInt(value)),
        );
      }
      server.close();
      assert.equal(await serving, 6);
      assert.equal(service.numberOfServers, 0);
    }),
  );

  it(
    "releases what is not kept",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      const pending = [1n, 2n, 3n].map((value) => client.sendCopy(value));
      const seen: ActiveRequest<U64, U64>[] = [];
      for await (const request of server.requests({ timeout: 0 })) {
        seen.push(request.payload === 2n ? request.keep() : request);
      }
      assert.deepEqual(
        seen.map(({ released }) => released),
        [true, false, true],
      );
      assert.deepEqual(
        pending.map(({ isConnected }) => isConnected),
        [false, true, false],
      );
      seen[1]!.release();
      for (const one of pending) one.release();
    }),
  );

  it(
    "ends when nothing comes in time, when it is aborted, and allows no second one",
    inDomainAsync(async (node) => {
      const server = numbers(node).server();
      for await (const _ of server.requests({ timeout: 1 })) assert.fail("there is no request");
      const controller = new AbortController();
      const reason = new Error("enough");
      const aborted = (async () => {
        for await (const _ of server.requests({ signal: controller.signal })) assert.fail("nothing");
      })();
      await turn();
      await assert.rejects(server.requests().next(), AlreadyWaitingError);
      controller.abort(reason);
      await assert.rejects(aborted, (error) => error === reason);
      assert.throws(() => server.requests({ poll: 0 }), InvalidArgumentError);
    }),
  );
});

describe("a loop over responses", () => {
  it(
    "ends at once when no server has the request",
    inDomainAsync(async (node) => {
      using pending = numbers(node).client().sendCopy(1n);
      for await (const _ of pending) assert.fail("there is no server");
    }),
  );

  it(
    "goes on until every server has ended",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const servers = [service.server(), service.server()];
      using pending = service.client().sendCopy(1n);
      const requests = servers.map((server) => server.receive()!);
      const received: bigint[] = [];
      const loop = (async () => {
        for await (const response of pending) received.push(response.payload);
      })();
      requests[0]!.sendCopy(1n);
      requests[0]!.release();
      while (received.length < 1) await turn();
      requests[1]!.sendCopy(2n);
      requests[1]!.sendCopy(3n);
      requests[1]!.release();
      await loop;
      assert.deepEqual(received, [1n, 2n, 3n]);
    }),
  );

  it(
    "ends when its request is released, its server or its node closes, or nothing comes in time",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      const late = client.sendCopy(1n);
      for await (const _ of late.responses({ timeout: 1 })) assert.fail("nobody responds");
      const loop = (pending = client.sendCopy(2n)): [typeof pending, Promise<unknown>] => [
        pending,
        pending.responses().next(),
      ];
      const [released, whenReleased] = loop();
      await turn();
      await assert.rejects(
        released.responses().next(),
        (error) =>
          error instanceof AlreadyWaitingError && error.origin.startsWith("the pending response of "),
      );
      released.release();
      assert.deepEqual(await whenReleased, { done: true, value: undefined });
      assert.throws(() => released.responses(), UseAfterReleaseError);
      const [left, whenLeft] = loop();
      server.close();
      assert.deepEqual(await whenLeft, { done: true, value: undefined });
      left.release();
      late.release();
      service.server();
      const [, whenNodeCloses] = loop();
      await turn();
      node.close();
      assert.deepEqual(await whenNodeCloses, { done: true, value: undefined });
    }),
  );
});

describe("a response that waits for room", () => {
  const qos = { enableSafeOverflowForResponses: false, maxResponseBufferSize: 1 };

  it(
    "is sent when its turn has come, without holding up other requests",
    inDomainAsync(async (node) => {
      const service = numbers(node, qos);
      const client = service.client();
      const server = service.server();
      using full = client.sendCopy(1n);
      using empty = client.sendCopy(2n);
      const [first, second] = [server.receive()!, server.receive()!];
      assert.equal(await first.send(10n), 1);
      const loan = first.loan();
      loan.payload = 11n;
      const waiting = [first.send(loan), first.send(12n)];
      assert.equal(await second.send(20n), 1);
      const received: bigint[] = [];
      for await (const response of full.responses({ timeout: 60_000 })) {
        received.push(response.payload);
        if (received.length === 3) break;
      }
      assert.deepEqual(received, [10n, 11n, 12n]);
      assert.deepEqual(await Promise.all(waiting), [1, 1]);
      assert.equal(loan.released, true);
      assert.equal(empty.receive()?.payload, 20n);
      for (const request of [first, second]) request.release();
      await assert.rejects(first.send(1n), UseAfterReleaseError);
    }),
  );

  it(
    "is not sent when the time is over, when it is aborted or when the client gives up",
    inDomainAsync(async (node) => {
      const service = numbers(node, qos);
      const client = service.client();
      const server = service.server();
      const pending = client.sendCopy(1n);
      const request = server.receive()!;
      await request.send(1n);
      const loan = request.loan();
      loan.payload = 2n;
      await assert.rejects(request.send(loan, { timeout: 1 }), TimeoutError);
      assert.equal(loan.released, false, "it is still there");
      await assert.rejects(request.send(3n, { timeout: 1 }), TimeoutError);
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      await assert.rejects(request.send(4n, { signal }), (error) => error === reason);
      const other = request.loan();
      await assert.rejects(request.send(5n), LoanError);
      other.release();
      const waiting = request.send(6n);
      await turn();
      pending.release();
      assert.equal(await waiting, 0);
      loan.release();
      request.release();
    }),
  );

  it(
    "ends with its node",
    inDomainAsync(async (node) => {
      const service = numbers(node, qos);
      const server = service.server();
      using _pending = service.client().sendCopy(1n);
      const request = server.receive()!;
      await request.send(1n);
      const waiting = request.send(2n);
      const rejected = assert.rejects(waiting, ClosedError);
      await turn();
      node.close();
      await rejected;
    }),
  );
});
