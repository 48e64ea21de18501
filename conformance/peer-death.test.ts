/** Peers that die while somebody waits for them, and nobody else is there to clean up. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Node, type Publisher, SendError, type U64, u64 } from "iceoryx2-ts";
import { withDomain } from "./domain.ts";
import { Peer, type PeerObject, type PeerPort } from "./peer.ts";
import { skipWithoutPython } from "./python.ts";

/** Sends as soon as there is room, whoever has to make it. */
function sendWhenPossible(publisher: Publisher<U64>, value: bigint): number {
  for (;;) {
    try {
      return publisher.sendCopy(value);
    } catch (error) {
      if (!(error instanceof SendError) || error.code !== "UnableToDeliver") throw error;
    }
  }
}

describe("a Python peer that is killed", { skip: skipWithoutPython }, () => {
  test("with a full buffer does not block a publisher that must not lose anything", () =>
    withDomain(async (_join, { prefix, rootPath, config }) => {
      using node = Node.create({ config, signals: "ignore" });
      const qos = { enableSafeOverflow: false, subscriberMaxBufferSize: 2 };
      const service = node.service("lossless").publishSubscribe(u64).create(qos);
      const publisher = service.publisher();
      await using victim = await Peer.start();
      const theirNode = await victim.request<PeerObject>("node_create", { prefix, root_path: rootPath });
      const args = { node: theirNode.handle, name: "lossless", verb: "open", payload: "u64" };
      const theirs = await victim.request<PeerObject>("publish_subscribe", args);
      const subscriber = await victim.request<PeerPort>("subscriber", { service: theirs.handle });
      const survivor = service.subscriber();
      publisher.updateConnections();
      await victim.request("has_samples", { subscriber: subscriber.handle });
      assert.deepEqual([publisher.sendCopy(1n), publisher.sendCopy(2n)], [2, 2]);
      assert.throws(() => publisher.sendCopy(3n), SendError);
      const received: bigint[] = [];
      const drain = (): number => survivor.drain((sample) => received.push(sample.payload));
      drain();
      await victim.kill();
      assert.equal(service.numberOfSubscribers, 2);
      assert.equal(sendWhenPossible(publisher, 3n), 1);
      assert.equal(service.numberOfSubscribers, 1);
      drain();
      assert.deepEqual(received, [1n, 2n, 3n]);
    }));

  test("with the last place for a port gives it to the next one", () =>
    withDomain(async (_join, { prefix, rootPath, config }) => {
      using node = Node.create({ config, signals: "ignore" });
      const service = node.service("narrow").publishSubscribe(u64).create({ maxPublishers: 1 });
      await using victim = await Peer.start();
      const theirNode = await victim.request<PeerObject>("node_create", { prefix, root_path: rootPath });
      const args = { node: theirNode.handle, name: "narrow", verb: "open", payload: "u64" };
      const theirs = await victim.request<PeerObject>("publish_subscribe", args);
      await victim.request("publisher", { service: theirs.handle });
      assert.throws(() => service.publisher(), { code: "ExceedsMaxSupportedPublishers" });
      await victim.kill();
      assert.equal(service.publisher().sendCopy(1n), 0);
    }));
});
