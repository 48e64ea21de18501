/** What is told when somebody cleans up. */
import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { hostOs } from "../os/host.ts";
import { runSync } from "../os/steps.ts";
import { u64 } from "../payload/scalars.ts";
import { serviceHash } from "../service/service-hash.ts";
import { DiagnosticsCapture } from "../testing/diagnostics-capture.test-support.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import { FailingOs } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { fileNames } from "../transport/names.ts";
import { cleanupDeadNodes } from "./dead-nodes.ts";
import { MortalNode, ON_DEMAND } from "./mortal-node.test-support.ts";

describe("who listens learns", () => {
  it("that a node died, once, from who cleaned up after it", () => {
    using domain = new TestDomain(ON_DEMAND);
    using dead = new DiagnosticsCapture("iceoryx2.node.dead");
    const named = new MortalNode(domain.config);
    const nameless = new MortalNode(domain.config);
    fs.rmSync(fileNames.nodeDetails(domain.config, nameless.state.id));
    for (const node of [named, nameless]) node.die();
    using node = Node.create({ config: domain.config, signals: "ignore" });
    node.tryCleanupDeadNodes();
    node.tryCleanupDeadNodes();
    const byId = dead.messages.toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
    assert.deepEqual(byId, [
      { nodeId: named.state.id, name: "mortal", process: process.pid },
      { nodeId: nameless.state.id, name: undefined, process: undefined },
    ]);
  });

  it("that cleaning up failed, and why", () => {
    using domain = new TestDomain(ON_DEMAND);
    using _log = new LogCapture();
    using failed = new DiagnosticsCapture("iceoryx2.node.cleanupFailed");
    using dead = new DiagnosticsCapture("iceoryx2.node.dead");
    const mortal = new MortalNode(domain.config);
    mortal.die();
    const failing = new FailingOs(["rmdir"], "EACCES");
    failing.arm(1);
    runSync(failing.os, cleanupDeadNodes(failing.os, domain.config, 0));
    const [message, ...others] = failed.messages;
    assert.deepEqual([message?.nodeId, others, dead.messages], [mortal.state.id, [], []]);
    assert.match(String(message?.error), /EACCES/);
    runSync(hostOs(), cleanupDeadNodes(hostOs(), domain.config, 0));
    assert.equal(dead.messages.length, 1);
  });

  it("that a service was removed which nobody would have finished", () => {
    using domain = new TestDomain(ON_DEMAND);
    using removed = new DiagnosticsCapture("iceoryx2.service.orphanRemoved");
    const hash = serviceHash("a", "PublishSubscribe");
    const file = fileNames.staticConfig(domain.config, hash);
    using node = Node.create({ config: domain.config, signals: "ignore" });
    fs.mkdirSync(fileNames.serviceDirectory(domain.config));
    fs.writeFileSync(file, "", { mode: 0o600 });
    node.service("a").publishSubscribe(u64).openOrCreate().close();
    assert.deepEqual(removed.messages, [{ serviceHash: hash, serviceName: undefined }]);
  });
});
