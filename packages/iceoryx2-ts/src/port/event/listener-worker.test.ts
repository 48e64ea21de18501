import assert from "node:assert/strict";
import { on, once } from "node:events";
import { it } from "node:test";
import { Worker } from "node:worker_threads";
import { moduleUrl } from "../../testing/child.test-support.ts";
import { inDomainAsync } from "../../testing/in-domain.test-support.ts";

const LISTEN = `
  import { parentPort, workerData } from "node:worker_threads";
  import { Node } from "${moduleUrl("../api/node.js")}";
  const node = Node.create({ config: workerData });
  const listener = node.service("Alarm").event().openOrCreate().listener();
  const waiting = listener.wait();
  parentPort.postMessage("waiting");
  for (const { id, count } of await waiting) parentPort.postMessage([id, count]);
  parentPort.postMessage(listener.waitSync().map(({ id }) => id));`;

it(
  "listeners of several threads are woken each in its own, also where it blocks",
  inDomainAsync(async (node, { config }) => {
    const service = node.service("Alarm").event().create();
    const notifier = service.notifier();
    const url = new URL(`data:text/javascript,${encodeURIComponent(LISTEN)}`);
    const workers = [1, 2, 3].map(() => new Worker(url, { workerData: config }));
    const exits = workers.map((worker) => once(worker, "exit"));
    const messages = workers.map((worker) => on(worker, "message"));
    const nextOfAll = (): Promise<unknown[]> =>
      Promise.all(messages.map(async (each) => ((await each.next()).value as [unknown])[0]));
    assert.deepEqual(await nextOfAll(), ["waiting", "waiting", "waiting"]);
    const own = service.listener();
    const waiting = own.wait();
    assert.equal(notifier.notify(7), 4);
    assert.deepEqual(await nextOfAll(), [
      [7, 1],
      [7, 1],
      [7, 1],
    ]);
    assert.deepEqual(await waiting, [{ id: 7, count: 1 }]);
    assert.equal(notifier.notify(8), 4);
    assert.deepEqual(await nextOfAll(), [[8], [8], [8]]);
    assert.deepEqual(await Promise.all(exits), [[0], [0], [0]]);
    own.close();
  }),
);
