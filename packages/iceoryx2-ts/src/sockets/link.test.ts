import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConnectedListener } from "../port/event/notifier.ts";
import type { Ends, MessageSample } from "./ends.ts";
import { Link } from "./link.ts";
import { OwnPage, PAGE_SIZE, PeerPage } from "./page.ts";

const BUFFER = 4;

/** Both ends of a connection in one place; `next` is the number of the first message after the pages. */
function connected(next: number): { readonly ends: readonly [Link, Link]; readonly wakes: [number, number] } {
  const wakes: [number, number] = [0, 0];
  const memories = [new Uint8Array(PAGE_SIZE), new Uint8Array(PAGE_SIZE)] as const;
  const pages = memories.map(
    (memory) => new OwnPage(memory, { to: 1n, from: 2n, listener: 3n, session: 1 }, next),
  );
  for (const page of pages) page.accept(next);
  const sample = { origin: 9n, header: { nodeId: 9n } } as MessageSample;
  const link = (own: 0 | 1, peer: 0 | 1): Link =>
    new Link(
      {
        subscriber: { bufferSize: BUFFER },
        outward: { staticConfig: { subscriberMaxBufferSize: BUFFER } },
        cleanUpAfter: () => () => {},
      } as unknown as Ends,
      pages[own]!,
      { page: PeerPage.read(memories[peer])!, sample, sequence: 0 },
      { notify: () => wakes[peer]++ } as unknown as ConnectedListener,
      next - 1,
    );
  return { ends: [link(0, 1), link(1, 0)], wakes };
}

describe("a connection", () => {
  for (const start of [1, 2 ** 31 - 2, -2]) {
    it(`has room for as many messages as fit, from number ${start} on`, () => {
      const {
        ends: [sender, receiver],
      } = connected(start);
      let next = start;
      for (let i = 0; i < BUFFER; i++) {
        assert.equal(sender.hasRoom(next), true);
        assert.equal(sender.inFlight(next), i);
        next = (next + 1) | 0;
        sender.sent(next);
      }
      assert.equal(sender.hasRoom(next), false);
      receiver.received((start + 1) | 0);
      assert.equal(sender.hasRoom(next), true);
      assert.equal(sender.inFlight(next), BUFFER - 1);
    });
  }

  it("wakes a receiver that sleeps, and no other", () => {
    const {
      ends: [sender, receiver],
      wakes,
    } = connected(1);
    sender.sent(2);
    assert.equal(wakes[1], 0);
    receiver.announce(true, false, false);
    sender.sent(3);
    assert.equal(wakes[1], 1);
    receiver.announce(false, false, false);
    sender.sent(4);
    assert.equal(wakes[1], 1);
  });

  it("wakes a sender that waits for room when half of it is free, one that flushes when everything was taken", () => {
    for (const [isFlushing, expected] of [
      [false, [0, 1, 2, 3]],
      [true, [0, 0, 0, 1]],
    ] as const) {
      const {
        ends: [sender, receiver],
        wakes,
      } = connected(1);
      for (let next = 2; next <= 5; next++) sender.sent(next);
      sender.announce(false, !isFlushing, isFlushing);
      const seen: number[] = [];
      for (let next = 2; next <= 5; next++) {
        receiver.received(next);
        seen.push(wakes[0]);
      }
      assert.deepEqual(seen, expected);
    }
  });

  it("does not believe a peer that took what was never sent", () => {
    const {
      ends: [sender, receiver],
    } = connected(1);
    for (const nonsense of [2, 2 ** 30, -10]) {
      receiver.received(nonsense);
      assert(Number.isNaN(sender.inFlight(1)));
      assert.equal(sender.hasRoom(1), false);
    }
  });
});
