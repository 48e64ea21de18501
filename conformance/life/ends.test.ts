/** Processes that only seem to have ended, and those that seem to live on in their children. */
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import process from "node:process";
import { describe, test } from "node:test";
import { Node, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { withDomain } from "../domain.ts";
import { skipWithoutPython } from "../python.ts";
import { Actor } from "./actor.ts";
import { assertNothingIsLeft, follow } from "./scenarios.ts";

async function startActor(domain: TestDomain): Promise<Actor> {
  const actor = Actor.start(domain);
  await follow(actor, [["node"], ["service", { verb: "openOrCreate" }], ["ports"]]);
  return actor;
}

describe("a process that is stopped", () => {
  test("is alive for everybody, and goes on with all that it had", async () => {
    using domain = new TestDomain();
    await using actor = await startActor(domain);
    await actor.do("send", { values: [1n] });
    await actor.stop();
    assert.deepEqual(
      Node.list(domain.config).map(({ state }) => state),
      ["Alive"],
    );
    using node = Node.create({ config: domain.config, signals: "ignore" });
    assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 0, failedCleanups: 0 });
    const publisher = node.service("a service").publishSubscribe(u64).open().publisher();
    assert.equal(publisher.sendCopy(2n), 1);

    actor.resume();
    assert.deepEqual(await actor.do("receive"), [1n, 2n]);
    await actor.end();
    node.close();
    assertNothingIsLeft(domain, "after a stop");
  });

  test("is alive for Python as well", { skip: skipWithoutPython }, () =>
    withDomain(async (join, domain) => {
      await using actor = await startActor(domain);
      await actor.stop();
      const theirs = await join("Python");
      await theirs.peer.request("node_try_cleanup_dead_nodes", { node: theirs.node });
      actor.resume();
      await actor.do("send", { values: [1n] });
      assert.deepEqual(await actor.do("receive"), [1n]);
      await actor.end();
    }),
  );
});

describe("a process that is killed and leaves a child", () => {
  test("is dead: the child has neither its lock nor any descriptor", async () => {
    using domain = new TestDomain();
    await using actor = await startActor(domain);
    const child = await actor.do("spawn");
    try {
      await actor.kill();
      const open = readdirSync(`/proc/${child}/fd`).map((fd) => readlinkSync(`/proc/${child}/fd/${fd}`));
      const ours = open.filter((file) => file.includes(domain.prefix) || file.startsWith(domain.rootPath));
      assert.deepEqual(ours, []);
      assert.deepEqual(
        Node.list(domain.config).map(({ state }) => state),
        ["Dead"],
      );
      Node.create({ config: domain.config, signals: "ignore" }).close();
      assertNothingIsLeft(domain, "while the child lives");
    } finally {
      process.kill(child, "SIGKILL");
    }
  });
});
