import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { OwnPage, PAGE_SIZE, PeerPage } from "./page.ts";

const greeting = { to: 2n ** 100n + 1n, from: 2n, listener: 3n, session: 0xffff_ffff };

describe("a page", () => {
  it("shows the other end what its owner writes, at any time", () => {
    const memory = new Uint8Array(PAGE_SIZE);
    const own = new OwnPage(memory, greeting, 5);
    const peer = PeerPage.read(memory)!;
    const { to, from, listener, session } = peer;
    assert.deepEqual({ to, from, listener, session }, greeting);
    assert.deepEqual([peer.sent, peer.received, peer.isAsleep, peer.wants], [5, 0, false, 0]);
    assert.deepEqual([peer.isReady, peer.hasAccepted], [false, false]);
    own.sent = -1;
    own.isAsleep = true;
    own.wants = 2;
    own.getReady();
    own.accept(7);
    assert.deepEqual([peer.sent, peer.received, peer.isAsleep, peer.wants], [-1, 7, true, 2]);
    assert.deepEqual([peer.isReady, peer.hasAccepted], [true, true]);
  });

  it("is only what has its size, place and version", () => {
    for (const length of [0, PAGE_SIZE - 1, PAGE_SIZE + 4]) {
      assert.equal(PeerPage.read(new Uint8Array(length)), undefined);
    }
    const memory = new Uint8Array(PAGE_SIZE + 1);
    new OwnPage(memory.subarray(0, PAGE_SIZE), greeting, 0);
    assert(PeerPage.read(memory.subarray(0, PAGE_SIZE)) !== undefined);
    assert.equal(PeerPage.read(memory.subarray(1)), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: PAGE_SIZE, maxLength: PAGE_SIZE }), (bytes) => {
        bytes[48] = 2;
        assert.equal(PeerPage.read(bytes as Uint8Array<ArrayBuffer>), undefined);
      }),
    );
  });
});
