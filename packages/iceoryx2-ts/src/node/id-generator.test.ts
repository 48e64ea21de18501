import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { creationTimeOf, ownerOf, pidOf } from "../base/unique-id.ts";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { osWith } from "../transport/faulty-os.test-support.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { generateId, generateNodeId } from "./id-generator.ts";

const os = hostOs();
const counterOf = (id: bigint): bigint => ownerOf(id) >> 32n;

const GENERATE_IN_WORKER = `
const { parentPort, workerData } = require("node:worker_threads");
(async () => {
  const { hostOs } = await import(workerData.host);
  const { generateId } = await import(workerData.generator);
  parentPort.postMessage(Array.from({ length: 100 }, () => generateId(hostOs())));
})();
`;

async function generateInWorker(): Promise<bigint[]> {
  const workerData = {
    host: import.meta.resolve("../os/host.js"),
    generator: import.meta.resolve("./id-generator.js"),
  };
  const worker = new Worker(GENERATE_IN_WORKER, { eval: true, workerData });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

describe("generateId", () => {
  it("tells when and by whom the id was made", () => {
    const start = os.monotonicTime();
    const id = generateId(os);
    assert.ok(creationTimeOf(id) >= start && creationTimeOf(id) <= os.monotonicTime());
    assert.equal(pidOf(id), os.hostPid);
  });

  it("counts in every thread of the process on its own", async () => {
    const owners = [
      ...Array.from({ length: 100 }, () => generateId(os)),
      ...(await generateInWorker()),
      ...(await generateInWorker()),
    ].map(ownerOf);
    assert.equal(new Set(owners).size, 300);
    assert.ok(
      owners.every((owner) => owner >> 32n < 2n ** 31n),
      "documents store it as a signed number",
    );
  });
});

describe("generateNodeId", () => {
  it("counts for all processes of the domain", () => {
    using domain = new TestDomain();
    using other = new TestDomain();
    const ids = [
      generateNodeId(os, domain.config),
      generateNodeId(os, other.config),
      generateNodeId(os, domain.config),
    ];
    assert.deepEqual(ids.map(counterOf), [0n, 0n, 1n]);
    assert.deepEqual(
      ids.map(pidOf),
      ids.map(() => os.hostPid),
    );
    domain.assertClean();
  });

  it("lets every user count", () => {
    using domain = new TestDomain();
    generateNodeId(os, domain.config);
    assert.equal(os.shmStatus(sharedMemoryNames.globalManagement(domain.config)).mode, 0o666);
  });

  it("replaces a counter whose creator died at it, however far it came", () => {
    for (const size of [0, 16]) {
      using domain = new TestDomain({ global: { creationTimeout: 20 } });
      const name = sharedMemoryNames.globalManagement(domain.config);
      const fd = os.shmCreateExclusive(name, 0o200);
      os.ftruncate(fd, size);
      assert.deepEqual(
        [generateNodeId(os, domain.config), generateNodeId(os, domain.config)].map(counterOf),
        [0n, 1n],
      );
      assert.equal(os.fstat(fd).linkCount, 0);
      os.close(fd);
    }
  });

  it("counts with the others where they replaced what a slow creator was making", () => {
    using domain = new TestDomain();
    const name = sharedMemoryNames.globalManagement(domain.config);
    let isStopped = true;
    const slow = osWith({
      ftruncate(fd, size) {
        if (isStopped) {
          isStopped = false;
          os.shmUnlink(name);
          assert.equal(counterOf(generateNodeId(os, domain.config)), 0n);
        }
        os.ftruncate(fd, size);
      },
    });
    assert.equal(counterOf(generateNodeId(slow, domain.config)), 1n);
  });
});
