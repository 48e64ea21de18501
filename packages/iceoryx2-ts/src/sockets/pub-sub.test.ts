import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../api/node.ts";
import { ClosedError, InvalidArgumentError, TimeoutError } from "../base/general-errors.ts";
import { Child, moduleUrl } from "../testing/child.test-support.ts";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import { Pub0, type PubOptions, Sub0 } from "./pub-sub.ts";
import {
  randomMessage,
  randomNumbers,
  receiveRandomMessages,
  sendRandomMessages,
} from "./random-messages.test-support.ts";
import { SocketError, type SocketErrorCode } from "./socket-error.ts";

const LENGTHS = { min: 0, max: 5000 };
const byte = (value: number): Uint8Array => Uint8Array.of(value);

const isSocketError =
  (code: SocketErrorCode) =>
  (error: unknown): boolean =>
    error instanceof SocketError && error.code === code;

/** A publisher with subscribers that have joined. */
async function publish(node: Node, count: number, options: PubOptions = {}): Promise<[Pub0, Sub0[]]> {
  const pub = await Pub0.create("k", { ...options, node });
  const subs = await Promise.all(Array.from({ length: count }, () => Sub0.subscribe("k", { node })));
  return [pub, subs];
}

describe("a publisher and its subscribers", () => {
  it(
    "every message reaches all of them in order",
    inDomainAsync(async (node) => {
      const [pub, subs] = await publish(node, 3);
      assert.equal(pub.numberOfSubs, 3);
      await Promise.all([
        sendRandomMessages(pub, 1, 300, LENGTHS),
        ...subs.map((sub) => receiveRandomMessages(sub, 1, 300, LENGTHS)),
      ]);
      await pub.flush();
      assert.deepEqual(pub.stats(), { sent: 300, received: 0, inFlight: 0 });
      pub.close();
      for (const sub of subs) {
        assert.deepEqual(sub.stats(), { sent: 0, received: 300, inFlight: 0 });
        await assert.rejects(sub.recv(), isSocketError("PeerClosed"));
        sub.close();
      }
    }),
  );

  it(
    "come in any order; nothing is sent before enough have joined",
    inDomainAsync(async (node) => {
      const early = Sub0.subscribe("k", { node });
      const pub = await Pub0.create("k", { node, waitSubs: 2 });
      await early;
      assert.equal(pub.trySend(byte(1)), false);
      await assert.rejects(pub.send(byte(1), { timeout: 1 }), TimeoutError);
      await assert.rejects(pub.waitSubs(2, { timeout: 1 }), TimeoutError);
      const sent = pub.send(byte(2));
      const waiting = pub.waitSubs(2);
      const late = Sub0.subscribe("k", { node });
      await sent;
      assert.equal(await waiting, 2);
      for (const sub of [await early, await late]) {
        assert.deepEqual(await sub.recv(), byte(2));
        sub.close();
      }
      pub.close();
    }),
  );

  it(
    "who joins late gets everything from then on, without a gap",
    inDomainAsync(async (node) => {
      const [pub, [first]] = await publish(node, 1, { maxInFlight: 4 });
      const count = 2000;
      const joins: Promise<void>[] = [];
      const join = async (): Promise<void> => {
        const sub = await Sub0.subscribe("k", { node });
        let next: number | undefined;
        for await (const message of sub) {
          const index = new DataView(message.buffer).getUint32(0, true);
          next ??= index;
          assert.equal(index, next++);
        }
        assert.equal(next, count);
        sub.close();
      };
      const all = (async () => {
        for (let index = 0; index < count; index++) {
          assert.deepEqual(await first!.recv(), new Uint8Array(Uint32Array.of(index).buffer));
        }
      })();
      for (let index = 0; index < count; index++) {
        if (index % 250 === 0) joins.push(join());
        await pub.send(new Uint8Array(Uint32Array.of(index).buffer));
      }
      await all;
      await pub.waitSubs(1 + joins.length);
      await pub.flush();
      pub.close();
      await Promise.all(joins);
      first!.close();
    }),
  );

  it(
    "wait for the slowest, and not for who has left",
    inDomainAsync(async (node) => {
      const [pub, [fast, slow]] = await publish(node, 2, { maxInFlight: 2 });
      // A subscriber that joins takes a place of the others, until they go on receiving.
      await pub.send(byte(0));
      for (const sub of [fast, slow]) assert.deepEqual(await sub!.recv(), byte(0));
      for (const value of [1, 2]) await pub.send(byte(value));
      for (const value of [1, 2]) assert.deepEqual(await fast!.recv(), byte(value));
      assert.equal(pub.trySend(byte(3)), false);
      assert.equal(pub.stats().inFlight, 2);
      const third = pub.send(byte(3));
      assert.deepEqual(await slow!.recv(), byte(1));
      await third;
      const fourth = pub.send(byte(4));
      slow!.close();
      await fourth;
      assert.equal(pub.numberOfSubs, 1);
      for (const value of [3, 4]) assert.deepEqual(await fast!.recv(), byte(value));
      fast!.close();
      pub.close();
    }),
  );

  it(
    "are limited in number, there is one publisher, and options have ranges",
    inDomainAsync(async (node) => {
      const [pub, subs] = await publish(node, 2, { maxSubs: 2 });
      await assert.rejects(Pub0.create("k", { node }), isSocketError("EndTaken"));
      await assert.rejects(Sub0.subscribe("k", { node }), isSocketError("EndTaken"));
      await assert.rejects(Pub0.create("x", { node, maxSubs: 0 }), InvalidArgumentError);
      await assert.rejects(Pub0.create("x", { node, waitSubs: -1 }), InvalidArgumentError);
      subs[0]!.close();
      const again = await Sub0.subscribe("k", { node });
      for (const socket of [pub, again, ...subs]) socket.close();
    }),
  );

  it(
    "waitSubs 0: without subscribers messages go to nobody",
    inDomainAsync(async (node) => {
      const pub = await Pub0.create("k", { node, waitSubs: 0 });
      for (let i = 0; i < 100; i++) await pub.send(byte(i));
      await pub.flush();
      pub.close();
      await assert.rejects(pub.send(byte(1)), ClosedError);
      await assert.rejects(pub.waitSubs(1), ClosedError);
      await assert.rejects(Sub0.subscribe("k", { node, timeout: 1 }), TimeoutError);
    }),
  );
});

const PRELUDE = `
  import { Pub0, Sub0 } from "${moduleUrl("../sockets.js")}";
  import * as random from "${moduleUrl("../sockets/random-messages.test-support.js")}";
  const node = Node.create({ config });
`;

describe("a publisher and subscribers in other processes", () => {
  it(
    "ten of them, one slow, one killed: the others get everything",
    inDomainAsync(async (node, domain) => {
      const count = 2000;
      const lengths = { min: 8, max: 4096 };
      const next = randomNumbers(Math.floor(Math.random() * 1e9));
      const pub = await Pub0.create("k", { node, peerCheckInterval: 20 });
      const children = Array.from(
        { length: 10 },
        (_, index) =>
          new Child(
            domain,
            `${PRELUDE}
             const sub = await Sub0.subscribe("k", { node });
             const lengths = ${JSON.stringify(lengths)};
             let taken = 0;
             const slowly = { recv: async () => {
               if (${index} === 0 && taken++ % 100 === 0) await node.wait(1);
               return sub.recv();
             } };
             await random.receiveRandomMessages(slowly, 1, ${count}, lengths);
             await sub.recv().catch((error) => say(error.code));
             node.close();`,
          ),
      );
      await pub.waitSubs(10);
      const victim = children[5]!;
      const killAt = Math.floor(next() * count);
      for (let index = 0; index < count; index++) {
        if (index === killAt) victim.kill("SIGKILL");
        await pub.send(randomMessage(1, index, lengths));
      }
      await pub.flush();
      pub.close();
      for (const child of children) {
        const { code, signal, stdout, stderr } = await child.ending();
        if (child === victim) assert.equal(signal, "SIGKILL");
        else assert.deepEqual([code, stdout, stderr], [0, "PeerClosed\n", ""]);
      }
      assert.equal(pub.numberOfSubs, 0);
    }),
  );

  it(
    "are told when the publisher is killed, and join the next one",
    inDomainAsync(async (node, domain) => {
      for (let round = 0; round < 2; round++) {
        const publisher = new Child(
          domain,
          `${PRELUDE}
           const pub = await Pub0.create("k", { node, waitSubs: 2 });
           for (let i = 0; i < 10; i++) await pub.send(Uint8Array.of(i));
           say("sent");
           pub.waitSubs(3);`,
        );
        const subs = await Promise.all(
          [0, 1].map(() => Sub0.subscribe("k", { node, peerCheckInterval: 20 })),
        );
        await publisher.line();
        publisher.kill("SIGKILL");
        await publisher.ending();
        for (const sub of subs) {
          for (let i = 0; i < 10; i++) assert.deepEqual(await sub.recv(), byte(i));
          await assert.rejects(sub.recv(), isSocketError("PeerDied"));
          sub.close();
        }
      }
    }),
  );
});
