/** Servers that answer by a function. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import { AlreadyWaitingError, ClosedError, InvalidArgumentError } from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes, slice } from "../../payload/slice.ts";
import type { RequestResponseQos } from "../../service/request-response.ts";
import { inDomainAsync } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";
import type { ActiveRequest } from "./active-request.ts";
import { CallError } from "./call-error.ts";
import type { Client } from "./client.ts";
import type { RequestHandler, ServeOptions } from "./serving.ts";

type Numbers = RequestResponseService<U64, U64>;

function numbers(node: Node, qos: RequestResponseQos = {}): Numbers {
  return node.service("a").requestResponse(u64, u64).create(qos);
}

/** A client of a server that answers with a handler until the body is done. */
async function withServer(
  service: Numbers,
  handler: RequestHandler<U64, U64>,
  body: (client: Client<U64, U64>) => Promise<void>,
  options?: ServeOptions<U64, U64>,
): Promise<void> {
  const server = service.server();
  const serving = server.serve(handler, options);
  const client = service.client();
  await body(client);
  client.close();
  server.close();
  await serving;
  assert.deepEqual([service.numberOfClients, service.numberOfServers], [0, 0]);
}

async function all(client: Client<U64, U64>, value: bigint): Promise<bigint[]> {
  const received: bigint[] = [];
  for await (const { payload } of client.stream(value)) received.push(payload);
  return received;
}

const noResponse = (error: unknown): boolean => error instanceof CallError && error.code === "NoResponse";

describe("a server that serves", () => {
  it(
    "answers with values and promises",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const handler = ({ payload }: ActiveRequest<U64, U64>): bigint | Promise<bigint> =>
        payload % 2n === 0n ? payload + 1n : Promise.resolve(payload * 10n);
      await withServer(service, handler, async (client) => {
        for (const [request, response] of [
          [2n, 3n],
          [3n, 30n],
        ] as const) {
          assert.deepEqual(await all(client, request), [response]);
        }
      });
    }),
  );

  it(
    "answers with arrays as values, although they can be looped over",
    inDomainAsync(async (node) => {
      const service = node.service("a").requestResponse(bytes, slice(u64)).create();
      const server = service.server({ initialMaxSliceLen: 4 });
      const serving = server.serve(({ payload }) => BigUint64Array.from(payload, BigInt));
      const client = service.client({ initialMaxSliceLen: 4 });
      assert.deepEqual([...(await client.call(Uint8Array.of(1, 2, 3)))], [1n, 2n, 3n]);
      server.close();
      await serving;
    }),
  );

  it(
    "streams what generators of both kinds make, at the pace of the client",
    inDomainAsync(async (node) => {
      const service = numbers(node, { enableSafeOverflowForResponses: false, maxResponseBufferSize: 1 });
      function* below({ payload }: ActiveRequest<U64, U64>): Generator<bigint, void> {
        for (let value = 0n; value < payload; value++) yield value;
      }
      async function* belowLater(request: ActiveRequest<U64, U64>): AsyncGenerator<bigint, void> {
        for (const value of below(request)) {
          await turn();
          yield value;
        }
      }
      for (const handler of [below, belowLater, async (request: ActiveRequest<U64, U64>) => below(request)]) {
        await withServer(service, handler, async (client) => {
          assert.deepEqual(await all(client, 4n), [0n, 1n, 2n, 3n]);
          assert.deepEqual(await all(client, 0n), []);
        });
      }
    }),
  );

  it(
    "lets a handler send by itself, and keep the request",
    inDomainAsync(async (node) => {
      const kept: ActiveRequest<U64, U64>[] = [];
      const handler: RequestHandler<U64, U64> = async (request) => {
        await request.send(1n);
        if (request.payload === 2n) kept.push(request.keep());
      };
      await withServer(numbers(node), handler, async (client) => {
        assert.deepEqual(await all(client, 1n), [1n]);
        const stream = client.stream(2n);
        assert.equal((await stream.next()).value!.payload, 1n);
        const next = stream.next();
        kept[0]!.sendCopy(2n);
        assert.equal((await next).value!.payload, 2n);
        kept[0]!.release();
        assert.equal((await stream.next()).done, true);
      });
    }),
  );

  it(
    "tells onError what a handler throws, before and after the first response, and ends the stream",
    inDomainAsync(async (node) => {
      const errors: unknown[] = [];
      const onError = (error: unknown, { payload }: ActiveRequest<U64, U64>): void => {
        errors.push([(error as Error).message, payload]);
      };
      const handler: RequestHandler<U64, U64> = ({ payload }) => {
        if (payload === 0n) throw new Error("at once");
        if (payload === 1n) return Promise.reject(new Error("later"));
        return (function* (): Generator<bigint, void> {
          yield 7n;
          throw new Error("in between");
        })();
      };
      const body = async (client: Client<U64, U64>): Promise<void> => {
        await assert.rejects(client.call(0n), noResponse);
        await assert.rejects(client.call(1n), noResponse);
        assert.deepEqual(await all(client, 2n), [7n]);
      };
      await withServer(numbers(node), handler, body, { onError });
      assert.deepEqual(errors, [
        ["at once", 0n],
        ["later", 1n],
        ["in between", 2n],
      ]);
    }),
  );

  it(
    "logs what goes wrong without onError, and what cannot be sent",
    inDomainAsync(async (node) => {
      using log = new LogCapture();
      await withServer(
        numbers(node),
        () => 5 as unknown as bigint,
        async (client) => {
          await assert.rejects(client.call(1n), noResponse);
        },
      );
      assert.equal(log.messages.length, 1);
      assert.match(log.messages[0]!, /^error: server of service "a": a request could not be answered: .*5n/);
    }),
  );

  it(
    "fails with what onError throws, after all handlers have ended",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const gate = new EventTarget();
      const serving = server.serve(
        async ({ payload }) => {
          if (payload === 0n) throw new Error("too much");
          await once(gate, "open");
          return payload;
        },
        {
          onError: (error) => {
            throw error;
          },
        },
      );
      const failed = assert.rejects(serving, /too much/);
      const client = service.client();
      const slow = client.call(1n);
      await assert.rejects(client.call(0n), noResponse);
      gate.dispatchEvent(new Event("open"));
      assert.equal(await slow, 1n);
      await failed;
      client.sendCopy(2n).release();
      assert.equal(server.hasRequests(), true, "it serves no more");
    }),
  );

  it(
    "tells a handler when its client goes, and when it never waited",
    inDomainAsync(async (node) => {
      const seen: string[] = [];
      const handler: RequestHandler<U64, U64> = async ({ payload }, signal) => {
        seen.push(`${payload} ${signal.aborted}`);
        if (!signal.aborted) await once(signal, "abort");
        seen.push(`${payload} ended`);
        signal.throwIfAborted();
        return 0n;
      };
      const service = numbers(node);
      const onError = (error: unknown): void => assert.fail(String(error));
      const body = async (client: Client<U64, U64>): Promise<void> => {
        const pending = client.sendCopy(1n);
        while (seen.length < 1) await turn();
        pending.release();
        while (seen.length < 2) await turn();
        const hinted = client.sendCopy(2n);
        while (seen.length < 3) await turn();
        hinted.setDisconnectHint();
        while (seen.length < 4) await turn();
        hinted.release();
        client.sendCopy(3n).release();
        while (seen.length < 6) await turn();
      };
      await withServer(service, handler, body, { onError });
      assert.deepEqual(seen, ["1 false", "1 ended", "2 false", "2 ended", "3 true", "3 ended"]);
    }),
  );

  it(
    "ends a generator whose client goes",
    inDomainAsync(async (node) => {
      let ended = 0;
      async function* forever(): AsyncGenerator<bigint, void> {
        try {
          for (let value = 0n; ; value++) yield value;
        } finally {
          ended++;
        }
      }
      const service = numbers(node, { enableSafeOverflowForResponses: false });
      await withServer(service, forever, async (client) => {
        for await (const { payload } of client.stream(0n)) if (payload === 9n) break;
        while (ended < 1) await turn();
        assert.equal(await client.call(0n), 0n);
        while (ended < 2) await turn();
      });
    }),
  );

  it(
    "answers as many requests at the same time as it may",
    inDomainAsync(async (node) => {
      for (const [concurrency, expected] of [
        [1, 1],
        [2, 2],
        [undefined, 4],
      ] as const) {
        let running = 0;
        let most = 0;
        const handler = async ({ payload }: ActiveRequest<U64, U64>): Promise<bigint> => {
          most = Math.max(most, ++running);
          for (let i = 0; i < 5; i++) await turn();
          running--;
          return payload;
        };
        const service = node.service(`${concurrency}`).requestResponse(u64, u64).create();
        const body = async (client: Client<U64, U64>): Promise<void> => {
          const values = Array.from({ length: 20 }, (_, value) => BigInt(value));
          assert.deepEqual(await Promise.all(values.map((value) => client.call(value))), values);
        };
        await withServer(service, handler, body, { concurrency });
        assert.equal(most, expected);
      }
    }),
  );

  it(
    "waits with a client that has as many requests here as it may",
    inDomainAsync(async (node) => {
      const gates: (() => void)[] = [];
      const seen: bigint[] = [];
      const handler: RequestHandler<U64, U64> = async ({ payload }) => {
        seen.push(payload);
        await new Promise<void>((open) => gates.push(open));
      };
      await withServer(numbers(node, { maxActiveRequestsPerClient: 1 }), handler, async (client) => {
        client.sendCopy(1n).release();
        while (gates.length < 1) await turn();
        client.sendCopy(2n).release();
        for (let i = 0; i < 10; i++) await turn();
        assert.deepEqual(seen, [1n]);
        gates[0]!();
        while (gates.length < 2) await turn();
        assert.deepEqual(seen, [1n, 2n]);
        gates[1]!();
      });
    }),
  );

  it(
    "ends when it is aborted, closed, or when nothing comes, and lets running handlers end",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server();
      const client = service.client();
      await server.serve(() => 0n, { timeout: 1 });
      await server.serve(() => 0n, { signal: AbortSignal.abort() });
      const controller = new AbortController();
      let open = (): void => {};
      let begin = (): void => {};
      const begins = (): Promise<void> =>
        new Promise((resolve) => {
          begin = resolve;
        });
      const handler: RequestHandler<U64, U64> = async (_, signal) => {
        begin();
        await new Promise<void>((resolve) => {
          open = resolve;
        });
        assert.equal(signal.aborted, false);
        return 1n;
      };
      const aborted = server.serve(handler, { signal: controller.signal });
      await assert.rejects(server.serve(handler), AlreadyWaitingError);
      const firstBegins = begins();
      const first = client.call(1n);
      await firstBegins;
      controller.abort();
      await turn();
      open();
      assert.equal(await first, 1n);
      await aborted;
      const closed = server.serve(handler);
      const secondBegins = begins();
      const second = client.call(2n);
      await secondBegins;
      server.close();
      await turn();
      assert.equal(service.numberOfServers, 1, "a request is open");
      open();
      assert.equal(await second, 1n);
      await closed;
      assert.equal(service.numberOfServers, 0);
      await assert.rejects(server.serve(handler), ClosedError);
      await assert.rejects(service.server().serve(handler, { concurrency: 0 }), InvalidArgumentError);
    }),
  );

  it(
    "tells handlers when their node is closed",
    inDomainAsync(async (node) => {
      using log = new LogCapture();
      const service = numbers(node);
      const serving = service.server().serve(async (request, signal) => {
        await once(signal, "abort");
        await request.send(1n);
      });
      const answer = service.client().call(1n);
      const rejected = assert.rejects(answer, ClosedError);
      await turn();
      node.close();
      await rejected;
      await serving;
      assert.deepEqual(log.messages, []);
    }),
  );
});
