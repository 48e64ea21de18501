/** Nodes in worker threads: each thread has its own, and a thread that is terminated leaves a dead one. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { u64 } from "../payload/scalars.ts";
import { moduleUrl } from "../testing/child.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { Node } from "./node.ts";

const PRELUDE = `
  import { parentPort, workerData } from "node:worker_threads";
  import { Node } from "${moduleUrl("../api/node.js")}";
  import { u64 } from "${moduleUrl("../payload/scalars.js")}";
  const node = Node.create({ name: "worker", config: workerData });
  const subscriber = node.service("a").publishSubscribe(u64).openOrCreate().subscriber();
  parentPort.postMessage(node.id);`;

/** Starts a thread with a node and a subscriber. */
async function startWorker(
  domain: TestDomain,
  script: string,
): Promise<{ readonly worker: Worker; readonly id: bigint }> {
  const url = new URL(`data:text/javascript,${encodeURIComponent(PRELUDE + script)}`);
  const worker = new Worker(url, { workerData: domain.config });
  const [id] = (await once(worker, "message")) as [bigint];
  return { worker, id };
}

describe("a node in a worker thread", () => {
  it("receives from another thread and goes when its thread ends", async () => {
    using domain = new TestDomain();
    using node = Node.create({ config: domain.config });
    const publisher = node.service("a").publishSubscribe(u64).openOrCreate().publisher();
    const { worker, id } = await startWorker(
      domain,
      `parentPort.once("message", () => parentPort.postMessage(subscriber.receive().payload));`,
    );
    assert.notEqual(id, node.id);
    assert.deepEqual(
      new Map(Node.list(domain.config).map(({ id, state }) => [id, state])),
      new Map([
        [node.id, "Alive"],
        [id, "Alive"],
      ]),
    );
    assert.equal(publisher.sendCopy(42n), 1);
    worker.postMessage("go");
    assert.deepEqual(await once(worker, "message"), [42n]);
    const [code] = await once(worker, "exit");
    assert.equal(code, 0);
    assert.deepEqual(
      Node.list(domain.config).map((view) => view.id),
      [node.id],
    );
    node.close();
    domain.assertClean();
  });

  it("dies when its thread is terminated, and the next node cleans up after it", async () => {
    using domain = new TestDomain();
    const { worker, id } = await startWorker(domain, "for (;;) subscriber.receive();");
    assert.deepEqual(
      Node.list(domain.config).map(({ state }) => state),
      ["Alive"],
    );
    await worker.terminate();
    assert.deepEqual(
      Node.list(domain.config).map((view) => [view.id, view.state]),
      [[id, "Dead"]],
    );
    Node.create({ config: domain.config }).close();
    domain.assertClean();
  });

  it("has ids of its own, however many threads there are", async () => {
    using domain = new TestDomain();
    const started = await Promise.all(
      [1, 2, 3].map(() => startWorker(domain, `parentPort.once("message", () => {});`)),
    );
    assert.equal(new Set(started.map(({ id }) => id)).size, 3);
    assert.equal(Node.list(domain.config).length, 3);
    for (const { worker } of started) {
      worker.postMessage("go");
      await once(worker, "exit");
    }
    domain.assertClean();
  });
});
