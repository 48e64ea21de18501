/** Pairs between processes: everything arrives, whatever happens to the other one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../api/node.ts";
import { Child, moduleUrl } from "../testing/child.test-support.ts";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import type { TestDomain } from "../testing/test-domain.ts";
import { Pair, Pair0, Pair1 } from "./pair.ts";
import {
  randomMessage,
  randomNumbers,
  receiveRandomMessages,
  sendRandomMessages,
} from "./random-messages.test-support.ts";
import { SocketError, type SocketErrorCode } from "./socket-error.ts";

const PRELUDE = `
  import { Pair, Pair0, Pair1 } from "${moduleUrl("../sockets.js")}";
  import * as random from "${moduleUrl("../sockets/random-messages.test-support.js")}";
  const node = Node.create({ config });
`;

const start = (domain: TestDomain, script: string): Child => new Child(domain, PRELUDE + script);

async function endsWell(child: Child): Promise<void> {
  const { code, signal, stderr } = await child.ending();
  assert.deepEqual([code, signal, stderr], [0, null, ""]);
}

describe("a pair between two processes", () => {
  it(
    "carries 10 000 random messages of 256 B to 20 kB each way at the same time",
    inDomainAsync(async (node, domain) => {
      const count = 10_000;
      const lengths = { min: 256, max: 20 * 1024 };
      const child = start(
        domain,
        `const lengths = ${JSON.stringify(lengths)};
         const pair = await Pair.connect("p", { node });
         await Promise.all([
           random.sendRandomMessages(pair, 2, ${count}, lengths),
           random.receiveRandomMessages(pair, 1, ${count}, lengths),
         ]);
         await pair.flush();
         say(JSON.stringify(pair.stats()));
         pair.close();
         node.close();`,
      );
      const pair = await Pair.connect("p", { node });
      await Promise.all([
        sendRandomMessages(pair, 1, count, lengths),
        receiveRandomMessages(pair, 2, count, lengths),
      ]);
      await pair.flush();
      const stats = { sent: count, received: count, inFlight: 0 };
      assert.deepEqual(pair.stats(), stats);
      assert.deepEqual(JSON.parse(await child.line()), stats);
      await endsWell(child);
      await assert.rejects(
        pair.recv(),
        (error) => error instanceof SocketError && error.code === "PeerClosed",
      );
      pair.close();
    }),
  );

  it(
    "lets a message at a time go to and fro, with pauses in which both sleep",
    inDomainAsync(async (node, domain) => {
      const child = start(
        domain,
        `const pair = await Pair1.connect("p", { node, maxInFlight: 1 });
         for await (const message of pair) {
           await node.wait(message[0] % 3);
           await pair.send(message);
         }
         node.close();`,
      );
      const pair = await Pair0.connect("p", { node, maxInFlight: 1 });
      for (let i = 0; i < 300; i++) {
        if (i % 5 === 0) await node.wait(i % 7);
        await pair.send(Uint8Array.of(i));
        assert.deepEqual(await pair.recv(), Uint8Array.of(i));
      }
      pair.close();
      await endsWell(child);
    }),
  );

  it(
    "does not care who comes first",
    inDomainAsync(async (node, domain) => {
      const child = start(
        domain,
        `const waiting = Pair0.connect("p", { node });
         say("waiting");
         const pair = await waiting;
         await pair.send(await pair.recv());
         await pair.flush();
         node.close();`,
      );
      await child.line();
      const pair = await Pair1.connect("p", { node });
      await pair.send(Uint8Array.of(1));
      assert.deepEqual(await pair.recv(), Uint8Array.of(1));
      await endsWell(child);
      pair.close();
    }),
  );

  it(
    "tells the survivor when the other process ends without closing, and when it is killed",
    inDomainAsync(async (node, domain) => {
      for (const [ending, code] of [
        ["process.exit(0);", "PeerClosed"],
        [`say("ready");`, "PeerDied"],
      ] as const) {
        const child = start(
          domain,
          `const pair = await Pair1.connect("p", { node });
           for (let i = 0; i < 10; i++) await pair.send(Uint8Array.of(i));
           pair.recv();
           ${ending}`,
        );
        const pair = await Pair0.connect("p", { node, peerCheckInterval: 20 });
        for (let i = 0; i < 5; i++) assert.deepEqual(await pair.recv(), Uint8Array.of(i));
        if (code === "PeerDied") {
          await child.line();
          child.kill("SIGKILL");
        }
        await child.ending();
        const sending = (async () => {
          for (;;) await pair.send(new Uint8Array(100));
        })();
        for (let i = 5; i < 10; i++) assert.deepEqual(await pair.recv(), Uint8Array.of(i));
        await bothReject([sending, pair.recv()], code);
        pair.close();
      }
    }),
  );

  it(
    "tells the survivor at once when it sees the other process end, long before it would look",
    inDomainAsync(async (node, domain) => {
      const child = start(
        domain,
        `const pair = await Pair1.connect("p", { node });
         await pair.send(Uint8Array.of(1));
         pair.recv();`,
      );
      const pair = await Pair0.connect("p", { node, peerCheckInterval: 2 ** 30 });
      assert.deepEqual(await pair.recv(), Uint8Array.of(1));
      const receiving = pair.recv();
      child.kill("SIGKILL");
      await bothReject([receiving, child.ending().then(() => pair.recv())], "PeerDied");
      pair.close();
    }),
  );

  it(
    "survives the other end: killed at random points, it comes back and nothing is torn, doubled or out of order",
    inDomainAsync(async (node, domain) => {
      const next = randomNumbers(Math.floor(Math.random() * 1e9));
      for (let round = 0; round < 5; round++) await killSomewhere(node, domain, next);
    }),
  );
});

async function bothReject(calls: readonly Promise<unknown>[], code: SocketErrorCode): Promise<void> {
  for (const result of await Promise.allSettled(calls)) {
    assert.equal(result.status, "rejected");
    if (!(result.reason instanceof SocketError && result.reason.code === code)) throw result.reason;
  }
}

const LENGTHS = { min: 8, max: 64 * 1024 };
const FOR_EVER = 1e9;

async function killSomewhere(node: Node, domain: TestDomain, next: () => number): Promise<void> {
  const child = start(
    domain,
    `const lengths = ${JSON.stringify(LENGTHS)};
     const pair = await Pair.connect("p", { node });
     say("connected");
     await Promise.all([
       random.sendRandomMessages(pair, 2, ${FOR_EVER}, lengths),
       random.receiveRandomMessages(pair, 1, ${FOR_EVER}, lengths),
     ]);`,
  );
  const pair = await Pair.connect("p", { node, peerCheckInterval: 20 });
  const sending = sendRandomMessages(pair, 1, FOR_EVER, LENGTHS);
  const last = Math.floor(next() * 500);
  const receiving = (async () => {
    for (let index = 0; ; index++) {
      const message = await pair.recv();
      assert.equal(Buffer.compare(message, randomMessage(2, index, LENGTHS)), 0);
      if (index === last) child.kill("SIGKILL");
    }
  })();
  await bothReject([sending, receiving], "PeerDied");
  assert.equal((await child.ending()).signal, "SIGKILL");
  pair.close();
}
