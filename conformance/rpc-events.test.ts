/** Clients and servers of both languages that wake each other as in upstream's request_response_with_events. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  f64,
  i32,
  Node,
  type RequestResponseService,
  type StructType,
  struct,
  type U64,
  u64,
} from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { withExamples } from "./example-programs.ts";
import { skipWithoutPython } from "./python.ts";

const NAME = "example/request_response_with_events";
const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });
const ListenerId: StructType<{ low: U64; high: U64 }> = struct("u128", { low: u64, high: u64 });
/** They look only when they are woken, and give up after a time that no wake-up takes. */
const WOKEN = { poll: false, timeout: 60_000 } as const;

function openIn(
  node: Node,
): RequestResponseService<U64, typeof TransmissionData, typeof ListenerId, undefined> {
  return node
    .service(NAME)
    .requestResponse(u64, TransmissionData, { requestUserHeader: ListenerId })
    .openOrCreate();
}

function nodeIn(domain: TestDomain): Node {
  return Node.create({ config: domain.config, signals: "ignore" });
}

describe("wake-ups", { skip: skipWithoutPython }, () => {
  test("by a client of ours and a Python server", () =>
    withExamples(async ({ domain, start }) => {
      const server = await start("Python", "request_response_with_events/server");
      await server.line(/^Server ready to receive requests!$/);
      using node = nodeIn(domain);
      const client = openIn(node).client({ notify: true });
      for (const count of [1, 2, 3]) {
        using pending = client.sendCopy(BigInt(count));
        const received: number[] = [];
        for await (const { payload } of pending.responses(WOKEN)) {
          received.push(payload.y);
          break;
        }
        assert.deepEqual(received, [count * 3]);
        await server.line(new RegExp(`^received request: ${count}$`));
      }
      assert.equal((await client.call(4n)).x, 4);
      await server.line(/^received request: 4$/);
    }));

  test("by a Python client and a handler of ours", () =>
    withExamples(async ({ domain, start }) => {
      using node = nodeIn(domain);
      const server = openIn(node).server({ notify: true });
      const serving = server.serve(({ payload }) => ({ x: Number(payload), y: 2, funky: 0.5 }), WOKEN);
      const client = await start("Python", "request_response_with_events/client");
      for (const count of [0, 1, 2]) {
        await client.line(
          new RegExp(`^received response ${count}: TransmissionData { x: ${count}, y: 2, funky: 0.5 }$`),
        );
      }
      server.close();
      await serving;
    }));

  test("by a handler of ours that finds the event service of a Python client", () =>
    withExamples(async ({ domain, start }) => {
      using node = nodeIn(domain);
      using events = node.service(`${NAME}/server`).event().openOrCreate();
      const server = openIn(node).server();
      const serving = server.serve(({ payload }) => ({ x: Number(payload), y: 2, funky: 0.5 }), WOKEN);
      const client = await start("Python", "request_response_with_events/client");
      using wakeUps = node.service(`${NAME}/client`).event().openOrCreate();
      while (wakeUps.numberOfListeners === 0) await new Promise((resolve) => setImmediate(resolve));
      const notifier = wakeUps.notifier();
      const ticking = setInterval(() => notifier.notify(), 1);
      try {
        await client.line(/^received response 2: .*$/);
      } finally {
        clearInterval(ticking);
      }
      assert.equal(events.numberOfListeners, 1);
      server.close();
      await serving;
    }));
});
