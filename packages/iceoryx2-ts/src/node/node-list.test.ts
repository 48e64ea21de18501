import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { osThatFails, osWith } from "../transport/faulty-os.test-support.ts";
import { fileNames } from "../transport/names.ts";
import { createStaticStorage } from "../transport/static-storage.ts";
import { kill, startMonitoredProcess } from "./monitored-process.test-support.ts";
import { MonitoringToken } from "./monitoring-token.ts";
import { type NodeDetails, writeNodeDetails } from "./node-details.ts";
import { listNodeIds, listNodes } from "./node-list.ts";

const ALIVE = 2n ** 127n + 5n;
const DEAD = 7n;

describe("the list of nodes", () => {
  const os = hostOs();
  let domain: TestDomain;
  let token: MonitoringToken | undefined;

  beforeEach(() => {
    domain = new TestDomain();
  });
  afterEach(() => {
    token?.destroy();
    token = undefined;
    domain[Symbol.dispose]();
  });

  const details = (): NodeDetails => ({
    executable: "test",
    process: 1,
    name: "camera",
    config: domain.config,
  });
  const writeDetails = (id: bigint, content: string): void =>
    createStaticStorage(os, fileNames.nodeDetails(domain.config, id), new TextEncoder().encode(content));
  const beAlive = (): void => {
    token = MonitoringToken.create(os, domain.config, ALIVE, 1n);
  };

  it("is empty in a domain where nobody ever was", () => {
    assert.deepEqual(listNodeIds(os, domain.config), []);
    assert.deepEqual(listNodes(os, domain.config), []);
  });

  it("has the living and the dead, with their details", async () => {
    writeDetails(ALIVE, writeNodeDetails(details()));
    beAlive();
    await kill(await startMonitoredProcess(domain.config, DEAD));
    const nodes = listNodes(os, domain.config).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(nodes, [
      { state: "Dead", id: DEAD, details: undefined },
      { state: "Alive", id: ALIVE, details: details() },
    ]);
    assert.deepEqual(listNodeIds(os, domain.config).toSorted(), [DEAD, ALIVE].toSorted());
  });

  it("has a node whose details make no sense", () => {
    writeDetails(ALIVE, "no details");
    beAlive();
    assert.deepEqual(listNodes(os, domain.config), [{ state: "Alive", id: ALIVE, details: undefined }]);
  });

  it("has the nodes of other users and those that cannot be judged", () => {
    beAlive();
    const states = (["EACCES", "EPERM", "EIO"] as const).map(
      (code) => listNodes(osThatFails("isLocked", code), domain.config)[0]?.state,
    );
    assert.deepEqual(states, ["Inaccessible", "Inaccessible", "Undefined"]);
  });

  it("has no node that starts or that goes while we look", () => {
    const seen: unknown[] = [];
    const watching = osWith({
      tryLock(fd) {
        seen.push(listNodes(os, domain.config));
        return os.tryLock(fd);
      },
    });
    token = MonitoringToken.create(watching, domain.config, ALIVE, 1n);
    assert.deepEqual(seen, [[]]);
    const leaving = osWith({
      readdir(directory) {
        const names = os.readdir(directory);
        token?.destroy();
        token = undefined;
        return names;
      },
    });
    assert.deepEqual(listNodes(leaving, domain.config), []);
  });

  it("does not mistake anything else in the directory for a node", () => {
    const directory = fileNames.nodeDirectory(domain.config);
    const { prefix } = domain;
    mkdirSync(directory, { recursive: true });
    for (const name of [
      `${prefix}.node_monitor`,
      `${prefix}x.node_monitor`,
      `${prefix}7.node_monitor_context`,
      `${prefix}7.node_monitor_owner_lock`,
      `x${prefix}7.node_monitor`,
      `${prefix}${"9".repeat(40)}.node_monitor`,
    ]) {
      writeFileSync(`${directory}/${name}`, "");
    }
    assert.deepEqual(listNodeIds(os, domain.config), []);
  });
});
