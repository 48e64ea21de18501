/** Clients and servers that wake each other by events. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Node } from "../../api/node.ts";
import type { RequestResponseService } from "../../api/request-response-service.ts";
import { InvalidArgumentError } from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { type StructType, struct } from "../../payload/struct.ts";
import { inDomainAsync } from "../../testing/in-domain.test-support.ts";

const ListenerId: StructType<{ low: U64; high: U64 }> = struct("u128", { low: u64, high: u64 });

function numbers(node: Node): RequestResponseService<U64, U64> {
  return node.service("a").requestResponse(u64, u64).create({ enableSafeOverflowForResponses: false });
}

/** Long enough that only a wake-up that never comes takes it. */
const PATIENCE = 60_000;

describe("clients and servers that notify", () => {
  it(
    "wake each other for requests, responses and the ends of streams, without looking by themselves",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server({ notify: true });
      const client = service.client({ notify: true });
      const only = { poll: false, timeout: PATIENCE } as const;
      const serving = server.serve(async function* ({ payload }) {
        for (let value = 0n; value < payload; value++) {
          await turn();
          yield value;
        }
        await turn();
      }, only);
      for (const count of [3n, 0n, 1n]) {
        await turn();
        using pending = client.sendCopy(count);
        const received: bigint[] = [];
        for await (const { payload } of pending.responses(only)) received.push(payload);
        assert.deepEqual(
          received,
          Array.from({ length: Number(count) }, (_, value) => BigInt(value)),
        );
        assert.equal(pending.isConnected, false, "the loop did not end by its timeout");
      }
      server.close();
      await serving;
    }),
  );

  it(
    "wake only the client that a response is for",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      const server = service.server({ notify: 7 });
      const clients = [service.client({ notify: true }), service.client({ notify: true })];
      const events = node.service("a/client").event().open();
      const bystander = events.listener();
      assert.deepEqual(
        events.listeners().map(({ portName }) => portName),
        [...clients.map(({ id }) => id.toString(16)), ""],
      );
      using pending = clients[1]!.sendCopy(1n);
      server.receive()!.sendCopy(2n);
      assert.equal(pending.receive()!.payload, 2n);
      assert.deepEqual(bystander.tryWait(), []);
    }),
  );

  it(
    "follow upstream's example: the request says whom to wake, and strangers are told of responses alone",
    inDomainAsync(async (node) => {
      const service = node.service("a").requestResponse(u64, u64, { requestUserHeader: ListenerId }).create();
      const requests = node.service("a/server").event().create().listener();
      const server = service.server({ notify: true });
      const stranger = node.service("a/client").event().open().listener();
      const silent = service.client();
      const userHeader = { low: BigInt.asUintN(64, stranger.id), high: stranger.id >> 64n };
      silent.sendCopy(1n, { userHeader });
      assert.deepEqual(requests.tryWait(), []);
      const request = server.receive()!;
      request.sendCopy(1n);
      assert.deepEqual(stranger.tryWait(), [{ id: 0, count: 1 }]);
      request.release();
      assert.deepEqual(stranger.tryWait(), []);

      const client = service.client({ notify: 3 });
      const listener = node
        .service("a/client")
        .event()
        .open()
        .listeners()
        .find(({ portName }) => portName === client.id.toString(16))!;
      client.sendCopy(2n).release();
      assert.deepEqual(requests.tryWait(), [{ id: 3, count: 1 }]);
      const signed = server.receive()!;
      const { low, high } = signed.userHeader;
      assert.equal((high << 64n) | low, listener.portId);
      signed.release();
      client.sendCopy(2n, { userHeader }).release();
      const own = server.receive()!;
      assert.equal(own.userHeader.low, userHeader.low, "what the user wrote stays");
      own.release();
    }),
  );

  it(
    "leave no event service behind, and refuse what is no id",
    inDomainAsync(async (node) => {
      const service = numbers(node);
      for (const notify of [-1, 0.5]) {
        assert.throws(() => service.client({ notify }), InvalidArgumentError);
        assert.throws(() => service.server({ notify }), InvalidArgumentError);
      }
      node.service("a/server").event().create({ eventIdMaxValue: 3 }).close();
      const small = node.service("a/server").event().create({ eventIdMaxValue: 3 });
      assert.throws(() => service.client({ notify: 4 }), { name: "EventOpenError" });
      assert.equal(service.numberOfClients, 0);
      small.close();
    }),
  );
});
