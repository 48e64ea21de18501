/** What happens to a time that is none, wherever the library takes one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "./api/node.ts";
import { InvalidArgumentError } from "./base/general-errors.ts";
import { u64 } from "./payload/scalars.ts";
import { Pair, Pair0, Pair1 } from "./sockets/pair.ts";
import { inDomainAsync } from "./testing/in-domain.test-support.ts";

type Call = (timeout: number) => unknown;

/** Every call waits for what will not come. */
function callsOf(node: Node): Readonly<Record<string, Call>> {
  const messages = node.service("a").publishSubscribe(u64);
  const service = messages.create({ subscriberMaxBufferSize: 1, enableSafeOverflow: false });
  const subscriber = service.subscriber();
  const publisher = service.publisher();
  subscriber.hasSamples();
  publisher.sendCopy(1n);
  const listener = node.service("a").event().create().listener();
  const waitSet = node.waitSet();
  waitSet.attachNotification(listener);
  const client = node.service("a").requestResponse(u64, u64).create().client();
  const empty = node.service("b").publishSubscribe(u64).create().subscriber();
  return {
    "node.wait": (timeout) => node.wait(timeout),
    "node.blockingCleanupDeadNodes": (timeout) => node.blockingCleanupDeadNodes(timeout),
    "node.cleanupDeadNodes": (timeout) => node.cleanupDeadNodes({ timeout }),
    openAsync: (timeout) => messages.openAsync({ timeout }),
    "publisher.send": (timeout) => publisher.send(2n, { timeout }),
    "publisher.sendSync": (timeout) => publisher.sendSync(2n, timeout),
    "subscriber.samples": (timeout) => empty.samples({ timeout }).next(),
    "listener.wait": (timeout) => listener.wait({ timeout }),
    "listener.waitSync": (timeout) => listener.waitSync(timeout),
    "listener.timedWaitOne": (timeout) => listener.timedWaitOne(timeout),
    "waitSet.waitAndProcess": (timeout) => waitSet.waitAndProcess(() => undefined, { timeout }),
    "client.call": (timeout) => client.call(1n, { timeout }),
    "client.waitForServer": (timeout) => client.waitForServer({ timeout }),
    "Pair.connect": (timeout) => Pair.connect("alone", { node, timeout }),
  };
}

const isRefusal = (error: unknown): boolean =>
  error instanceof InvalidArgumentError &&
  / cannot wait for .* the time must be a number from 0 on/.test(error.message);

describe("a time to wait", () => {
  for (const timeout of [Number.NaN, -1, "10" as unknown as number]) {
    it(
      `that is ${typeof timeout} ${timeout} is refused`,
      inDomainAsync(async (node) => {
        for (const [name, call] of Object.entries(callsOf(node))) {
          await assert.rejects(async () => call(timeout), isRefusal, name);
        }
        const [a, b] = await Promise.all([Pair0.connect("p", { node }), Pair1.connect("p", { node })]);
        await assert.rejects(a.recv({ timeout }), isRefusal);
        await assert.rejects(a.borrow({ timeout }), isRefusal);
        a.close();
        b.close();
      }),
    );
  }
});
