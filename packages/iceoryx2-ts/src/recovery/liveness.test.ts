import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { Node } from "../api/node.ts";
import { lockForCleanup } from "../node/monitoring-token.ts";
import { hostOs } from "../os/host.ts";
import type { Os } from "../os/os.ts";
import { OsError } from "../os/os-error.ts";
import { u64 } from "../payload/scalars.ts";
import { Child, moduleUrl } from "../testing/child.test-support.ts";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import { interceptOs } from "../testing/os.test-support.ts";
import type { TestDomain } from "../testing/test-domain.ts";
import { openPaths } from "../transport/faulty-os.test-support.ts";
import { watchLife } from "./liveness.ts";
import { MortalNode, ON_DEMAND } from "./mortal-node.test-support.ts";

const NODE_PROGRAM = `
  const node = Node.create({ name: "mortal", config });
  node.service("a").publishSubscribe(u64).openOrCreate().publisher();
  process.on("SIGUSR2", () => { node.close(); say("closed"); });
  setInterval(() => {}, 1e6);
  say(String(node.id));
`;

async function startNode(domain: TestDomain): Promise<{ readonly child: Child; readonly nodeId: bigint }> {
  const child = new Child(domain, NODE_PROGRAM);
  return { child, nodeId: BigInt(await child.line()) };
}

function death(os: Os, { config }: TestDomain, nodeId: bigint): Promise<void> {
  return new Promise((resolve) => {
    // The test must not end before: the watch does not keep it alive.
    const keepAlive = setInterval(() => {}, 1e6);
    watchLife(os, config, nodeId, () => {
      clearInterval(keepAlive);
      resolve();
    });
  });
}

function watchedProcesses(): number {
  return openPaths("[pidfd]").length;
}

function exists({ config }: TestDomain, nodeId: bigint): boolean {
  return Node.list(config).some(({ id }) => id === nodeId);
}

describe("watching the life of a node", () => {
  const os = hostOs();
  /** Counts how often somebody looks whether a node is alive. */
  let looks = 0;
  const blindOs = interceptOs((call, args, proceed) => {
    if (call === "openProcess") throw new OsError("ENOSYS", call, String(args[0]));
    if (call === "lstat") looks++;
    return proceed();
  });

  it(
    "tells of a killed process when everything of it is removed",
    inDomainAsync(async (node, domain) => {
      const service = node.service("a").publishSubscribe(u64).openOrCreate();
      const { child, nodeId } = await startNode(domain);
      const [first, second] = [death(os, domain, nodeId), death(os, domain, nodeId)];
      assert.equal(watchedProcesses(), 1, "both share what they watch");
      child.kill("SIGKILL");
      await Promise.all([first, second]);
      assert.equal(exists(domain, nodeId), false);
      assert.equal(service.numberOfPublishers, 0);
      assert.equal(watchedProcesses(), 0);
      await child.ending();
    }, ON_DEMAND),
  );

  it(
    "looks once a second where processes cannot be watched",
    inDomainAsync(async (_node, domain) => {
      const { child, nodeId } = await startNode(domain);
      const dead = death(blindOs, domain, nodeId);
      child.kill("SIGKILL");
      await child.ending();
      await dead;
      assert.equal(exists(domain, nodeId), false);
    }, ON_DEMAND),
  );

  it(
    "is not misled by another process that has the id now",
    inDomainAsync(async (node, domain) => {
      const { child: other } = await startNode(domain);
      const { child, nodeId } = await startNode(domain);
      const misled = interceptOs((call, _args, proceed) =>
        call === "openProcess" ? os.openProcess(other.pid) : proceed(),
      );
      let isDead = false;
      const stop = watchLife(misled, domain.config, nodeId, () => {
        isDead = true;
      });
      const dead = death(misled, domain, nodeId);
      other.kill("SIGKILL");
      await other.ending();
      for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(isDead, false);
      child.kill("SIGKILL");
      await dead;
      assert.equal(isDead, true);
      stop();
      assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
    }, ON_DEMAND),
  );

  it(
    "tells of a node that is dead or gone already",
    inDomainAsync(async (_node, domain) => {
      const { child, nodeId } = await startNode(domain);
      child.kill("SIGKILL");
      await child.ending();
      await death(os, domain, nodeId);
      assert.equal(exists(domain, nodeId), false);
      await death(os, domain, nodeId);
    }, ON_DEMAND),
  );

  it(
    "tells of a node that closes while its process lives on",
    inDomainAsync(async (_node, domain) => {
      const { child, nodeId } = await startNode(domain);
      const gone = death(os, domain, nodeId);
      child.kill("SIGUSR2");
      assert.equal(await child.line(), "closed");
      await gone;
      child.kill("SIGKILL");
      await child.ending();
    }),
  );

  it(
    "tells of a node that dies with its thread",
    inDomainAsync(async (_node, domain) => {
      const program = `
        import { parentPort, workerData } from "node:worker_threads";
        import { Node } from "${moduleUrl("../api/node.js")}";
        parentPort.postMessage(Node.create({ config: workerData }).id);
        setInterval(() => {}, 1e6);`;
      const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
      const worker = new Worker(url, { workerData: domain.config });
      const [nodeId] = (await once(worker, "message")) as [bigint];
      const dead = death(os, domain, nodeId);
      await worker.terminate();
      await dead;
      assert.equal(exists(domain, nodeId), false);
    }),
  );

  it(
    "waits for somebody else who is cleaning up",
    inDomainAsync(async (_node, domain) => {
      const { config } = domain;
      const mortal = new MortalNode(config);
      mortal.die();
      const lock = lockForCleanup(os, config, mortal.state.id);
      assert(typeof lock === "object");
      const dead = death(os, domain, mortal.state.id);
      setImmediate(() => lock.close());
      await dead;
      assert.equal(exists(domain, mortal.state.id), false);
    }, ON_DEMAND),
  );

  it(
    "stops when it is told to, and then costs nothing",
    inDomainAsync(async (node, domain) => {
      const { child, nodeId } = await startNode(domain);
      const stop = watchLife(os, domain.config, nodeId, () => assert.fail("it was told to stop"));
      const other = death(os, domain, nodeId);
      stop();
      stop();
      child.kill("SIGKILL");
      await other;
      assert.equal(watchedProcesses(), 0);
      await child.ending();

      const mortal = new MortalNode(domain.config);
      watchLife(blindOs, domain.config, mortal.state.id, () => assert.fail("it was told to stop"))();
      looks = 0;
      const second = new MortalNode(domain.config);
      const dead = death(os, domain, second.state.id);
      second.die();
      await dead;
      assert.equal(looks, 0);
      mortal.die();
      assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
    }, ON_DEMAND),
  );

  it(
    "goes on after a callback that throws, and keeps no process alive",
    inDomainAsync(async (node, domain) => {
      const { child: victim, nodeId } = await startNode(domain);
      const watcher = new Child(
        domain,
        `import { watchLife } from "${moduleUrl("../recovery/liveness.js")}";
         import { hostOs } from "${moduleUrl("../os/host.js")}";
         process.on("uncaughtException", (error) => say(error.message));
         const watch = (callback) => watchLife(hostOs(), config, ${nodeId}n, callback);
         const alive = setInterval(() => {}, 1e6);
         watch(() => { throw new Error("thrown"); });
         watch(() => {
           say("called");
           clearInterval(alive);
           watchLife(hostOs(), config, ${node.id}n, () => say("the wrong one"));
         });
         say("watches");`,
      );
      assert.equal(await watcher.line(), "watches");
      victim.kill("SIGKILL");
      const { code, stdout } = await watcher.ending();
      assert.deepEqual([code, stdout], [0, "thrown\ncalled\n"]);
      await victim.ending();
    }, ON_DEMAND),
  );
});
