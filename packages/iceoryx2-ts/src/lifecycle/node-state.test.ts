import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { InvalidNameError } from "../base/general-errors.ts";
import { ownerOf } from "../base/unique-id.ts";
import { hostOs } from "../os/host.ts";
import type { ErrnoName } from "../os/os-error.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import {
  FailingOs,
  interceptOs,
  mappedObjects,
  type OsCall,
  openDescriptors,
} from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { NodeCreationFailure } from "./node-errors.ts";
import { NodeState } from "./node-state.ts";

/** Creating a node looks for dead ones as well, which logs what fails. */
const WITHOUT_CLEANUP = {
  global: { node: { cleanupDeadNodesOnCreation: false, cleanupDeadNodesOnDestruction: false } },
};

const FALLIBLE: readonly OsCall[] = [
  "open",
  "createExclusive",
  "shmOpen",
  "shmCreateExclusive",
  "mkdir",
  "writeAll",
  "fchmod",
  "ftruncate",
  "fallocate",
  "map",
];

describe("the state of a node", () => {
  it("has a name, an id and an origin for messages", () => {
    using domain = new TestDomain();
    const named = NodeState.create(hostOs(), domain.config, "camera");
    const unnamed = NodeState.create(hostOs(), domain.config, "");
    assert.notEqual(named.id, unnamed.id);
    assert.notEqual(named.ownerId, unnamed.ownerId);
    assert.equal(named.ownerId, ownerOf(named.id));
    assert.equal(named.origin, 'node "camera"');
    assert.equal(unnamed.origin, `node ${unnamed.id.toString(16)}`);
    named.close();
    unnamed.close();
    domain.assertClean();
  });

  it("closes what it adopted in reverse order, once, and not what it disowned", () => {
    using domain = new TestDomain();
    const node = NodeState.create(hostOs(), domain.config, "");
    const closed: string[] = [];
    const resources = ["a", "b", "c"].map((name) => ({ closeWithNode: () => void closed.push(name) }));
    for (const resource of resources) node.adopt(resource);
    node.disown(resources[1]!);
    node.close();
    node.close();
    assert.deepEqual(closed, ["c", "a"]);
    assert.equal(node.isClosed, true);
    domain.assertClean();
  });

  it("closes the rest when one resource fails, and says so", () => {
    using domain = new TestDomain();
    using log = new LogCapture();
    const node = NodeState.create(hostOs(), domain.config, "camera");
    const closed: string[] = [];
    node.adopt({ closeWithNode: () => void closed.push("first") });
    node.adopt({
      closeWithNode(): void {
        throw new Error("jammed");
      },
    });
    node.close();
    assert.deepEqual(closed, ["first"]);
    assert.match(log.messages.join("\n"), /^error: node "camera": .*jammed/);
    domain.assertClean();
  });

  it("writes its details before its token and removes the token last", () => {
    using domain = new TestDomain(WITHOUT_CLEANUP);
    const calls: string[] = [];
    const os = interceptOs((call, args, proceed) => {
      const name = String(args[0]).split("/").at(-1)!;
      if (call === "createExclusive" || call === "unlink" || call === "rmdir") calls.push(`${call} ${name}`);
      return proceed();
    });
    const node = NodeState.create(os, domain.config, "");
    const created = calls.splice(0).map(endings);
    node.close();
    // The first attempt to create the details finds no directory.
    assert.deepEqual(
      [...new Set(created)],
      [
        "createExclusive .details",
        "createExclusive .node_monitor_context",
        "createExclusive .node_monitor",
        "createExclusive .node_monitor_owner_lock",
      ],
    );
    assert.deepEqual(calls.map(endings), [
      "unlink .details",
      `rmdir ${node.id}`,
      "unlink .node_monitor",
      "unlink .node_monitor_owner_lock",
      "unlink .node_monitor_context",
    ]);
  });

  for (const errno of ["ENOSPC", "EACCES", "EMFILE"] as const) {
    it(`fails with a typed error and leaves nothing behind when any call fails with ${errno}`, () => {
      failEverywhere(FALLIBLE, errno, errno === "EACCES" ? "InsufficientPermissions" : "InternalError");
    });
  }

  it("of a name that is not allowed is not made by the API", async () => {
    const { Node } = await import("../api/node.ts");
    using domain = new TestDomain();
    for (const name of ["x".repeat(129), "caf\u00e9", "a\0b"]) {
      assert.throws(() => Node.create({ name, config: domain.config }), InvalidNameError);
    }
    domain.assertClean();
  });
});

function endings(call: string): string {
  const [verb, name] = call.split(" ") as [string, string];
  return name.includes(".") ? `${verb} ${name.slice(name.lastIndexOf("."))}` : call;
}

/** Creates nodes and lets the first, second ... of the calls fail, until none is left to fail. */
function failEverywhere(calls: readonly OsCall[], errno: ErrnoName, code: string): void {
  using domain = new TestDomain(WITHOUT_CLEANUP);
  using _log = new LogCapture();
  NodeState.create(hostOs(), domain.config, "").close();
  const descriptors = openDescriptors();
  for (let failAt = 1; ; failAt++) {
    // A fresh directory, so that making it takes part.
    fs.rmSync(`${domain.rootPath}nodes`, { recursive: true, force: true });
    const failing = new FailingOs(calls, errno);
    failing.arm(failAt);
    let node: NodeState | undefined;
    try {
      node = NodeState.create(failing.os, domain.config, "camera");
    } catch (error) {
      assert(error instanceof NodeCreationFailure, `failing ${failing.failed}: ${error}`);
      // The id comes first, from what all nodes share.
      const hasId = error.code !== "UnableToGenerateUniqueNodeId";
      if (hasId) assert.equal(error.code, code);
      else assert(!fs.existsSync(`${domain.rootPath}nodes`));
      assert.match(error.message, /^cannot create node "camera": /);
    }
    failing.arm(0);
    node?.close();
    const failed = `failing ${failing.failed}`;
    assert.equal(node === undefined, failing.failed !== undefined, failed);
    assert.deepEqual(domain.leftovers(), [], failed);
    assert.equal(openDescriptors(), descriptors, failed);
    assert.deepEqual(mappedObjects(domain.prefix), [], failed);
    if (failing.failed === undefined) break;
  }
}
