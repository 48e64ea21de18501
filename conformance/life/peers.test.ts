/** Peers of the other language that die while they are used: what they sent stays, what they had comes back. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { u64 } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "../domain.ts";
import { type ParticipantPublisher, payloadsOf } from "../participant.ts";
import { skipWithoutPython } from "../python.ts";
import { Actor } from "./actor.ts";
import { follow } from "./scenarios.ts";

const QOS = {
  subscriberMaxBufferSize: 4,
  subscriberMaxBorrowedSamples: 2,
  maxPublishers: 3,
  maxSubscribers: 3,
};
const MAX_LOANED_SAMPLES = 3;

/** A process of ours with a publisher and a subscriber of a service that is there. */
async function startActor(domain: TestDomain): Promise<Actor> {
  const actor = Actor.start(domain);
  await follow(actor, [["node"], ["service", { verb: "open" }], ["ports"]]);
  return actor;
}

/** Loans all that the publisher may, again and again, and sends in between. */
async function assertAllChunksAreFree(publisher: ParticipantPublisher): Promise<void> {
  for (let round = 0; round < 10; round++) {
    const loans = [];
    while (loans.length < MAX_LOANED_SAMPLES) loans.push(await publisher.loan());
    for (const loan of loans) await loan.release();
    await publisher.send([1n, 2n, 3n, 4n, 5n]);
  }
}

describe("a publisher that is killed", { skip: skipWithoutPython }, () => {
  test("in Python has delivered to us, and what we hold stays readable after the clean-up", () =>
    withDomain(async (join) => {
      const service = await (await join("TypeScript")).service("create", u64, { qos: QOS });
      const subscriber = await service.subscriber();
      const theirs = await join("Python");
      const publisher = await (await theirs.service("open", u64)).publisher();
      await publisher.send([1n, 2n, 3n]);
      const held = (await subscriber.hold())!;
      await theirs.peer.kill();
      assert.equal(await held.payload(), 1n);
      assert.deepEqual(payloadsOf(await subscriber.receive(1)), [2n]);
      await join("TypeScript");
      assert.equal(await held.payload(), 1n);
      assert.deepEqual(payloadsOf(await subscriber.receive()), [3n]);
      await held.release();
    }));

  test("of ours has delivered to Python, and what that holds stays readable after the clean-up", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      const subscriber = await (await theirs.service("create", u64, { qos: QOS })).subscriber();
      await using actor = await startActor(domain);
      await actor.do("send", { values: [1n, 2n, 3n] });
      const held = (await subscriber.hold())!;
      await actor.kill();
      assert.equal(await held.payload(), 1n);
      assert.deepEqual(payloadsOf(await subscriber.receive(1)), [2n]);
      await theirs.peer.request("node_try_cleanup_dead_nodes", { node: theirs.node });
      assert.equal(await held.payload(), 1n);
      assert.deepEqual(payloadsOf(await subscriber.receive()), [3n]);
      await held.release();
    }));
});

describe("a subscriber that is killed", { skip: skipWithoutPython }, () => {
  test("in Python gives back to us what it had queued and borrowed", () =>
    withDomain(async (join) => {
      const service = await (await join("TypeScript")).service("create", u64, { qos: QOS });
      const publisher = await service.publisher({ maxLoanedSamples: MAX_LOANED_SAMPLES });
      const theirs = await join("Python");
      const subscriber = await (await theirs.service("open", u64)).subscriber();
      await publisher.send([1n, 2n]);
      await subscriber.hold();
      await subscriber.hold();
      await publisher.send([3n, 4n, 5n, 6n]);
      await theirs.peer.kill();
      await join("TypeScript");
      await assertAllChunksAreFree(publisher);
    }));

  test("of ours gives back to Python what it had queued and borrowed", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      const service = await theirs.service("create", u64, { qos: QOS });
      const publisher = await service.publisher({ maxLoanedSamples: MAX_LOANED_SAMPLES });
      await using actor = await startActor(domain);
      await publisher.send([1n, 2n]);
      await follow(actor, [["hold"], ["hold"]]);
      await publisher.send([3n, 4n, 5n, 6n]);
      await actor.kill();
      await theirs.peer.request("node_try_cleanup_dead_nodes", { node: theirs.node });
      await assertAllChunksAreFree(publisher);
    }));
});
