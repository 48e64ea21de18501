/** Many processes that open or create one service and give it back at the same time. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { TestDomain } from "iceoryx2-ts/testing";
import { Peer, type PeerPort } from "../peer.ts";
import { skipWithoutPython } from "../python.ts";
import { Actor, type RaceReport } from "./actor.ts";
import { assertNothingIsLeft } from "./scenarios.ts";

const ROUNDS = 1000;
/** Long enough that only a defect makes anybody give up, in milliseconds. */
const CREATION_TIMEOUT = 60_000;
const CONFIG = { global: { creationTimeout: CREATION_TIMEOUT } };

async function race(ours: number, theirs: number): Promise<void> {
  using domain = new TestDomain(CONFIG);
  const rounds = Math.ceil(ROUNDS / (ours + theirs));
  const actors = Array.from({ length: ours }, () => Actor.start(domain, CONFIG));
  const peers = await Promise.all(Array.from({ length: theirs }, () => Peer.start()));
  try {
    // Nobody starts before everybody has a node.
    await Promise.all(actors.map((actor) => actor.do("node")));
    const place = { prefix: domain.prefix, root_path: domain.rootPath };
    const node = { ...place, creation_timeout: CREATION_TIMEOUT };
    const nodes = await Promise.all(peers.map((peer) => peer.request<PeerPort>("node_create", node)));
    for (const actor of actors) actor.begin("race", { rounds });
    const answers = nodes.map(({ handle: node }, index) =>
      peers[index]!.request("race", { node, name: "a service", rounds }),
    );
    const [reports, errors] = await Promise.all([
      Promise.all(actors.map((actor) => actor.result())),
      Promise.all(answers),
    ]);
    const undisturbed: RaceReport = { errors: {}, mostServices: 1 };
    assert.deepEqual(
      reports,
      actors.map(() => undisturbed),
    );
    assert.deepEqual(
      errors,
      peers.map(() => ({})),
    );
    for (const actor of actors) await actor.end();
    for (const peer of peers) await peer.close();
  } finally {
    await Promise.all([...actors, ...peers].map((racer) => racer.kill()));
  }
  assertNothingIsLeft(domain, "after the race");
}

describe("one service in a race", () => {
  test("of eight processes of ours is always one, and nobody fails", () => race(8, 0));

  test(
    "of six processes of ours and two of Python is always one, and nobody fails",
    {
      skip: skipWithoutPython,
    },
    () => race(6, 2),
  );
});
