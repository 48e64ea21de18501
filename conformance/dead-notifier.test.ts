/** Whoever cleans up after a dead notifier tells the listeners, if the service wants that. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Node } from "iceoryx2-ts";
import { withDomain } from "./domain.ts";
import { Peer, type PeerObject } from "./peer.ts";
import { skipWithoutPython } from "./python.ts";

const DEAD = 8;

describe("a notifier of Python that is killed", { skip: skipWithoutPython }, () => {
  for (const events of [{ notifier_dead_event: DEAD }, {}]) {
    const told = Object.keys(events).length > 0;
    test(`is ${told ? "" : "not "}announced to the listeners by our clean-up, once`, () =>
      withDomain(async (_join, { prefix, rootPath, config }) => {
        await using survivor = await Peer.start();
        await using victim = await Peer.start();
        const participate = async (peer: Peer): Promise<number> => {
          const node = await peer.request<PeerObject>("node_create", { prefix, root_path: rootPath });
          const args = { node: node.handle, name: "alarm", verb: "open_or_create", events };
          return (await peer.request<PeerObject>("event", args)).handle;
        };
        const service = await participate(survivor);
        const listener = await survivor.request<PeerObject>("listener", { service });
        const drained = (): Promise<unknown> => survivor.request("try_wait", { listener: listener.handle });
        const theirs = await participate(victim);
        await victim.request("notifier", { service: theirs });
        await victim.request("notifier", { service: theirs });
        assert.deepEqual(await drained(), []);
        await victim.kill();
        assert.deepEqual(await drained(), []);
        Node.create({ config, signals: "ignore" }).close();
        assert.deepEqual(await drained(), told ? [[DEAD, 1]] : []);
        Node.create({ config, signals: "ignore" }).close();
        assert.deepEqual(await drained(), []);
        await survivor.close();
      }));
  }
});
