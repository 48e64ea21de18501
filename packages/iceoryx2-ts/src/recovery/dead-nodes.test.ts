/** Cleaning up after dead nodes: what happens when it fails, when others do it too, and when there are many. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { ServiceBuilder } from "../api/service-builder.ts";
import { Config } from "../config/config.ts";
import { lockForCleanup } from "../node/monitoring-token.ts";
import { hostOs } from "../os/host.ts";
import { runSync } from "../os/steps.ts";
import { u64 } from "../payload/scalars.ts";
import { inDomain, inDomainAsync } from "../testing/in-domain.test-support.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import { FailingOs, type OsCall } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { type CleanupState, cleanupDeadNodes } from "./dead-nodes.ts";
import { MortalNode, ON_DEMAND } from "./mortal-node.test-support.ts";

/** What a clean-up asks of the operating system. */
const CALLS: readonly OsCall[] = [
  "open",
  "shmOpen",
  "readAll",
  "fstat",
  "lstat",
  "map",
  "tryLock",
  "unlink",
  "shmUnlink",
  "rmdir",
  "readdir",
  "shmList",
];

/** A dead node with a service of this name, ports, a sample held and a loan open. */
function leaveDeadNode({ config }: TestDomain, serviceName = "a"): bigint {
  const node = new MortalNode(config);
  const service = new ServiceBuilder(node.state, serviceName).publishSubscribe(u64).openOrCreate();
  const publisher = service.publisher();
  const subscriber = service.subscriber();
  publisher.sendCopy(1n);
  publisher.sendCopy(2n);
  subscriber.receive();
  publisher.loan();
  node.die();
  return node.state.id;
}

function deadNodes({ config }: TestDomain): bigint[] {
  return Node.list(config)
    .filter(({ state }) => state === "Dead")
    .map(({ id }) => id);
}

function lock({ config }: TestDomain, nodeId: bigint): { close(): void } {
  const cleaner = lockForCleanup(hostOs(), config, nodeId);
  assert(typeof cleaner === "object");
  return cleaner;
}

describe("a clean-up that fails", () => {
  for (const errno of ["EACCES", "EMFILE", "EIO"] as const) {
    it(`anywhere with ${errno} is counted and logged, and the next one finishes it`, () => {
      for (let failAt = 1; ; failAt++) {
        using domain = new TestDomain(ON_DEMAND);
        using log = new LogCapture();
        const id = leaveDeadNode(domain);
        const failing = new FailingOs(CALLS, errno);
        failing.arm(failAt);
        let state: CleanupState | undefined;
        try {
          state = runSync(failing.os, cleanupDeadNodes(failing.os, domain.config, 0));
        } catch (error) {
          // Without a list of nodes there is nothing to count.
          assert.match(String(error), /failed on what a test chose/);
        }
        failing.arm(0);
        if (failing.failed === undefined) break;
        if (failing.failed.startsWith("unlink") && /_(owner_lock|context)/.test(failing.failed)) {
          // It is gone for everybody; what is left of its token goes when its process, this one, has gone.
          assert.equal(state?.failedCleanups, 1, failing.failed);
          assert(domain.leftovers().every((name) => name.includes(".node_monitor_")));
          continue;
        }
        if (state?.failedCleanups === 1) {
          assert.deepEqual(deadNodes(domain), [id], failing.failed);
          assert.match(log.messages.join("\n"), /warn: node .*it is dead, but cleaning up .*failed/);
        }
        assert.deepEqual(deadNodes(domain), state?.cleanups === 1 ? [] : [id], failing.failed);

        using node = Node.create({ config: domain.config, signals: "ignore" });
        const { failedCleanups } = node.tryCleanupDeadNodes();
        assert.equal(failedCleanups, 0, failing.failed);
        node.close();
        assert.deepEqual(domain.leftovers(), [], failing.failed);
      }
    });
  }
});

describe("a dead node that somebody else is cleaning up", () => {
  it(
    "is left to him, or waited for as long as the caller says",
    inDomain((node, domain) => {
      const other = lock(domain, leaveDeadNode(domain));
      const none = { cleanups: 0, failedCleanups: 0 };
      assert.deepEqual(node.tryCleanupDeadNodes(), none);
      const start = process.hrtime.bigint();
      assert.deepEqual(node.blockingCleanupDeadNodes(15), none);
      assert(process.hrtime.bigint() - start >= 15_000_000n);
      other.close();
      assert.deepEqual(node.blockingCleanupDeadNodes(0), { cleanups: 1, failedCleanups: 0 });
    }, ON_DEMAND),
  );

  it(
    "is cleaned up by whoever waited when the other one gives up",
    inDomainAsync(async (node, domain) => {
      const other = lock(domain, leaveDeadNode(domain));
      const cleanup = node.cleanupDeadNodes({ timeout: 60_000 });
      await new Promise((resolve) => setImmediate(resolve));
      other.close();
      assert.deepEqual(await cleanup, { cleanups: 1, failedCleanups: 0 });
    }, ON_DEMAND),
  );

  it(
    "is not waited for when the signal is aborted",
    inDomainAsync(async (node, domain) => {
      const id = leaveDeadNode(domain);
      const other = lock(domain, id);
      const reason = new Error("enough");
      const controller = new AbortController();
      const cleanup = node.cleanupDeadNodes({ timeout: 60_000, signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(cleanup, reason);
      other.close();
      assert.deepEqual(deadNodes(domain), [id]);
      assert.deepEqual(await node.cleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
    }, ON_DEMAND),
  );
});

describe("many dead nodes", () => {
  it(
    "are cleaned up while the event loop goes on",
    inDomainAsync(async (node, domain) => {
      const dead = 200;
      for (let i = 0; i < dead; i++) leaveDeadNode(domain, `service ${i}`);
      assert.equal(deadNodes(domain).length, dead);
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      assert.deepEqual(await node.cleanupDeadNodes(), { cleanups: dead, failedCleanups: 0 });
      clearInterval(timer);
      assert(ticks > dead / 4, `the timer fired only ${ticks} times`);
    }, ON_DEMAND),
  );

  it(
    "do not keep the living out when they have all places for ports",
    inDomain((node, domain) => {
      const qos = { maxPublishers: 2, maxSubscribers: 2, maxNodes: 3 };
      const service = node.service("a").publishSubscribe(u64).create(qos);
      leaveDeadNode(domain);
      leaveDeadNode(domain);
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      publisher.sendCopy(3n);
      assert.equal(subscriber.receive()?.payload, 3n);
      service.publisher();
      service.subscriber();
      assert.throws(() => service.publisher(), { code: "ExceedsMaxSupportedPublishers" });
      assert.throws(() => service.subscriber(), { code: "ExceedsMaxSupportedSubscribers" });
    }, ON_DEMAND),
  );

  it("do not keep a new node out of a service whose places they have", () => {
    using domain = new TestDomain(ON_DEMAND);
    const creator = new MortalNode(domain.config);
    new ServiceBuilder(creator.state, "a").publishSubscribe(u64).create({ maxNodes: 2 });
    leaveDeadNode(domain);
    using node = Node.create({ config: domain.config, signals: "ignore" });
    const verbs = node.service("a").publishSubscribe(u64);
    assert.throws(() => verbs.open(), { code: "ExceedsMaxNumberOfNodes" });
    creator.die();
    assert.throws(() => verbs.open(), { code: "ExceedsMaxNumberOfNodes" });

    const config = Config.with(domain.config, { global: { service: { cleanupDeadNodesOnOpen: true } } });
    using helper = Node.create({ config, signals: "ignore" });
    assert.throws(() => helper.service("a").publishSubscribe(u64).open(), { code: "DoesNotExist" });
    helper.service("a").publishSubscribe(u64).openOrCreate().close();
    helper.close();
    node.close();
    domain.assertClean();
  });
});

describe("a service", () => {
  for (const form of ["tryCleanupDeadNodes", "blockingCleanupDeadNodes", "cleanupDeadNodes"] as const) {
    it(
      `cleans up after its own nodes only (${form})`,
      inDomainAsync(async (node, domain) => {
        leaveDeadNode(domain, "a");
        const stranger = leaveDeadNode(domain, "b");
        using service = node.service("a").publishSubscribe(u64).open();
        const state =
          form === "blockingCleanupDeadNodes" ? service.blockingCleanupDeadNodes(10) : await service[form]();
        assert.deepEqual(state, { cleanups: 1, failedCleanups: 0 });
        assert.deepEqual(deadNodes(domain), [stranger]);
        assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
      }, ON_DEMAND),
    );
  }
});
