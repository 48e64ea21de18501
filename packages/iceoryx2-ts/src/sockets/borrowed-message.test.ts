import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClosedError, UseAfterReleaseError } from "../base/general-errors.ts";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import { BORROWED_MAX, type BorrowedMessage } from "./borrowed-message.ts";
import { Pair0, Pair1 } from "./pair.ts";
import { Pub0, Sub0 } from "./pub-sub.ts";
import { SocketError } from "./socket-error.ts";

const LENGTH = 1000;
const message = (value: number): Uint8Array => new Uint8Array(LENGTH).fill(value);

const isRefused = (error: unknown): boolean =>
  error instanceof SocketError && error.code === "ExceedsMaxBorrows";

describe("a borrowed message", () => {
  it(
    "shows its bytes until it is released, however much is sent meanwhile",
    inDomainAsync(async (node) => {
      const [a, b] = await Promise.all([Pair0.connect("p", { node }), Pair1.connect("p", { node })]);
      await a.send(message(1));
      const held = await b.borrow();
      for (let round = 0; round < 200; round++) {
        await a.send(message(2));
        assert.deepEqual(await b.recv(), message(2));
      }
      assert.deepEqual(new Uint8Array(held.payload), message(1));
      assert.deepEqual(held.copy(), message(1));
      assert.equal(held.released, false);
      held.release();
      held.release();
      assert.equal(held.released, true);
      assert.throws(() => held.payload, UseAfterReleaseError);
      assert.deepEqual(b.stats(), { sent: 0, received: 201, inFlight: 0 });
      a.close();
      b.close();
    }),
  );

  it(
    "is one of a few that may be held, beside which copies can still be taken",
    inDomainAsync(async (node) => {
      const [a, b] = await Promise.all([Pair0.connect("p", { node }), Pair1.connect("p", { node })]);
      for (let i = 0; i < BORROWED_MAX + 2; i++) await a.send(message(i));
      const held: BorrowedMessage[] = [];
      for (let i = 0; i < BORROWED_MAX; i++) held.push(await b.borrow());
      await assert.rejects(b.borrow(), isRefused);
      assert.deepEqual(await b.recv(), message(BORROWED_MAX));
      held[0]!.release();
      using last = await b.borrow();
      assert.deepEqual(last.copy(), message(BORROWED_MAX + 1));
      await assert.rejects(b.borrow(), isRefused);
      b.close();
      a.close();
      assert.deepEqual(
        held.slice(1).map(({ payload }) => payload[0]),
        [1, 2, 3],
      );
      for (const one of held) one.release();
    }),
  );

  it(
    "comes to calls that wait in their order, be it copied or not",
    inDomainAsync(async (node) => {
      const [a, b] = await Promise.all([Pair0.connect("p", { node }), Pair1.connect("p", { node })]);
      const calls = [b.borrow(), b.recv(), b.borrow()] as const;
      for (const value of [1, 2, 3]) await a.send(message(value));
      const [first, second, third] = await Promise.all(calls);
      assert.deepEqual([first.payload[0], second[0], third.payload[0]], [1, 2, 3]);
      await a.send(message(4));
      const shut = b.borrow().then(async (fourth) => {
        fourth.release();
        return b.borrow();
      });
      a.close();
      await assert.rejects(shut, (error) => error instanceof SocketError && error.code === "PeerClosed");
      b.close();
    }),
  );

  it(
    "is released by a loop that goes on",
    inDomainAsync(async (node) => {
      const [a, b] = await Promise.all([Pair0.connect("p", { node }), Pair1.connect("p", { node })]);
      const count = 3 * BORROWED_MAX;
      for (let i = 0; i < count; i++) await a.send(message(i));
      const seen: BorrowedMessage[] = [];
      for await (const one of b.borrowed()) {
        assert.deepEqual(one.copy(), message(seen.length));
        assert.deepEqual(
          seen.map(({ released }) => released),
          seen.map(() => true),
        );
        if (seen.push(one) === count) break;
      }
      assert.equal(seen.at(-1)!.released, true);
      a.close();
      assert.deepEqual(await b.borrowed().next(), { done: true, value: undefined });
      b.close();
      assert.throws(() => b.borrowed(), ClosedError);
    }),
  );

  it(
    "can be held by all subscribers of a publisher, each of which holds others",
    inDomainAsync(async (node) => {
      const maxSubs = 3;
      const pub = await Pub0.create("p", { node, maxSubs, maxInFlight: 2, waitSubs: maxSubs });
      const subs = await Promise.all(Array.from({ length: maxSubs }, () => Sub0.subscribe("p", { node })));
      const held: BorrowedMessage[] = [];
      for (let i = 0; i < maxSubs * BORROWED_MAX; i++) {
        const sent = pub.send(message(i));
        for (const [index, sub] of subs.entries()) {
          if (index === i % maxSubs) held.push(await sub.borrow());
          else await sub.recv();
        }
        await sent;
      }
      assert.deepEqual(
        held.map((one) => one.copy()),
        held.map((_, i) => message(i)),
      );
      for (const one of held) one.release();
      for (const sub of subs) sub.close();
      pub.close();
    }),
  );
});
