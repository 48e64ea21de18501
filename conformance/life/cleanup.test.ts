/** Cleaning up after processes that were killed: across languages, two at once, and once more after a failure. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CleanupState, Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "../domain.ts";
import { Peer, type PeerPort } from "../peer.ts";
import { skipWithoutPython } from "../python.ts";
import { Actor } from "./actor.ts";
import {
  ACTOR_CONFIG,
  assertAllIsCleanedUp,
  assertNothingIsLeft,
  follow,
  forEachNumber,
  scenarioDomain,
} from "./scenarios.ts";

/** For nodes that clean up when they are told, and only then. */
const ON_DEMAND = {
  global: {
    ...ACTOR_CONFIG.global,
    service: { cleanupDeadNodesOnOpen: false },
    node: { cleanupDeadNodesOnCreation: false, cleanupDeadNodesOnDestruction: false },
  },
};

/** Leaves a node of ours behind that had all that a node can have. */
async function leaveDeadNode(domain: TestDomain): Promise<void> {
  await using actor = Actor.start(domain, ON_DEMAND);
  await follow(actor, [
    ["node"],
    ["service", { verb: "openOrCreate", qos: { maxPublishers: 8, maxSubscribers: 8 } }],
    ["ports"],
    ["send", { values: [1n, 2n] }],
    ["hold"],
    ["loan"],
  ]);
  await actor.kill();
}

async function startCleaner(domain: TestDomain): Promise<Actor> {
  const cleaner = Actor.start(domain, ON_DEMAND);
  await cleaner.do("node");
  return cleaner;
}

function states({ config }: TestDomain): string[] {
  return Node.list(config).map(({ state }) => state);
}

describe("a process that was killed with ports of every pattern", { skip: skipWithoutPython }, () => {
  async function leaveDeadPython({ prefix, rootPath }: TestDomain): Promise<void> {
    await using peer = await Peer.start();
    const { handle: node } = await peer.request<PeerPort>("node_create", { prefix, root_path: rootPath });
    await peer.request("occupy", { node });
    await peer.kill();
  }

  test("in Python is cleaned up when we create a node", async () => {
    using domain = scenarioDomain();
    await leaveDeadPython(domain);
    assert.deepEqual(states(domain), ["Dead"]);
    assert.ok(domain.leftovers().length > 40);
    Node.create({ config: domain.config, signals: "ignore" }).close();
    assertNothingIsLeft(domain, "after a new node");
  });

  test("in Python is cleaned up when we are told to", async () => {
    using domain = new TestDomain(ON_DEMAND);
    await leaveDeadPython(domain);
    using node = Node.create({ config: domain.config, signals: "ignore" });
    assert.deepEqual(states(domain).sort(), ["Alive", "Dead"]);
    assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
    assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 0, failedCleanups: 0 });
    node.close();
    assertNothingIsLeft(domain, "after cleaning up");
  });

  test("of ours is cleaned up when Python creates a node, with samples held and loans open", () =>
    withDomain(async (join, domain) => {
      await leaveDeadNode(domain);
      await leaveDeadNode(domain);
      const theirs = await join("Python");
      assert.deepEqual(
        Node.list(domain.config).map(({ id }) => id),
        [theirs.id],
      );
    }));

  test("of ours is cleaned up when Python is told to", () =>
    withDomain(async (join, domain) => {
      const theirs = await join("Python");
      await leaveDeadNode(domain);
      await theirs.peer.request("node_try_cleanup_dead_nodes", { node: theirs.node });
      assert.deepEqual(states(domain), ["Alive"]);
    }));
});

describe("two who clean up at once", () => {
  test("clean up after every dead node exactly once", async () => {
    using domain = new TestDomain(ON_DEMAND);
    const dead = 8;
    await Promise.all(Array.from({ length: dead }, () => leaveDeadNode(domain)));
    await using first = await startCleaner(domain);
    await using second = await startCleaner(domain);
    const cleaners = [first, second];
    // All are told before any answers.
    for (const cleaner of cleaners) cleaner.begin("cleanup");
    const results: CleanupState[] = [];
    for (const cleaner of cleaners) results.push((await cleaner.result()) as CleanupState);
    assert.equal(
      results.reduce((sum, { cleanups }) => sum + cleanups, 0),
      dead,
      JSON.stringify(results),
    );
    assert.deepEqual(
      results.map(({ failedCleanups }) => failedCleanups),
      [0, 0],
    );
    await Promise.all(cleaners.map((cleaner) => cleaner.end()));
    assertNothingIsLeft(domain, "after both cleaners");
  });
});

describe("who is killed while cleaning up", () => {
  async function countCalls(): Promise<number> {
    using domain = new TestDomain(ON_DEMAND);
    await leaveDeadNode(domain);
    await using cleaner = await startCleaner(domain);
    await cleaner.do("arm", { call: 0, signal: "SIGKILL" });
    assert.deepEqual(await cleaner.do("cleanup"), { cleanups: 1, failedCleanups: 0 });
    const calls = await cleaner.do("countCalls");
    await cleaner.end();
    assertNothingIsLeft(domain, "after an undisturbed cleaner");
    return calls;
  }

  test("before any system call leaves the rest to the next", async () => {
    await forEachNumber(await countCalls(), async (call) => {
      using domain = new TestDomain(ON_DEMAND);
      await using cleaner = await startCleaner(domain);
      await leaveDeadNode(domain);
      await cleaner.do("arm", { call, signal: "SIGKILL" });
      cleaner.begin("cleanup");
      const report = await cleaner.report();
      assert.ok("before" in report);
      await cleaner.hasDied();

      const when = `killed before call ${call}, ${report.before}`;
      using node = Node.create({ config: domain.config, signals: "ignore" });
      const { cleanups, failedCleanups } = node.tryCleanupDeadNodes();
      // The cleaner itself is dead as well.
      assert.ok(cleanups >= 1, when);
      assert.equal(failedCleanups, 0, when);
      node.close();
      await assertAllIsCleanedUp(domain, when);
    });
  });
});
