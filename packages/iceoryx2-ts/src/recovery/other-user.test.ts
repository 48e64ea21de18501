/** Nodes of different users in one domain: nobody breaks anything of somebody else's, and errors say what is wrong. */
import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { u64 } from "../payload/scalars.ts";
import { Child } from "../testing/child.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { MortalNode } from "./mortal-node.test-support.ts";

const NOBODY = 65534;
/** Only root can become somebody else. */
const skip = process.getuid?.() === 0 ? false : "it takes root to be two users";

/** Everything native is loaded before the change of user, who may not see these files. */
const BECOME_NOBODY = `
  Node.list(config);
  process.setgroups([]);
  process.setgid(${NOBODY});
  process.setuid(${NOBODY});
  const attempt = (what, run) => {
    try {
      say(what + ": " + run());
    } catch (error) {
      say(what + ": " + error.name + " " + error.code + ": " + error.message);
    }
  };`;

/** What a script prints as another user. */
async function asNobody(domain: TestDomain, script: string): Promise<string[]> {
  const { stdout, stderr, code } = await new Child(domain, BECOME_NOBODY + script).ending();
  assert.equal(code, 0, stderr);
  return stdout.trimEnd().split("\n");
}

describe("another user", { skip }, () => {
  it("cannot create a node where the root path may not be written, and leaves nothing", async () => {
    using domain = new TestDomain();
    fs.chmodSync(domain.rootPath, 0o755);
    const [line] = await asNobody(domain, `attempt("create", () => Node.create({ config }));`);
    assert.match(
      line!,
      /^create: NodeCreationFailure InsufficientPermissions: cannot create a node: .*nodes.*EACCES/,
    );
    domain.assertClean();
  });

  it("sees that nodes are there, cleans up none of them, and cannot open their services", async () => {
    using domain = new TestDomain();
    fs.chmodSync(domain.rootPath, 0o777);
    using node = Node.create({ config: domain.config, signals: "ignore" });
    node.service("a").publishSubscribe(u64).create().publisher();
    const dead = new MortalNode(domain.config);
    dead.die();
    for (const directory of ["nodes", "services"]) fs.chmodSync(`${domain.rootPath}${directory}`, 0o777);
    const lines = await asNobody(
      domain,
      `
      attempt("list", () => Node.list(config).map(({ state }) => state).sort().join(" "));
      const node = Node.create({ config });
      attempt("clean up", () => JSON.stringify(node.tryCleanupDeadNodes()));
      for (const verb of ["create", "open", "openOrCreate"]) {
        attempt(verb, () => node.service("a").publishSubscribe(u64)[verb]());
      }
      attempt("remove", () => node.forceRemoveService("a", "PublishSubscribe"));
      node.close();`,
    );
    assert.equal(lines[0], "list: Inaccessible Inaccessible");
    assert.equal(lines[1], 'clean up: {"cleanups":0,"failedCleanups":0}');
    assert.match(lines[2]!, /^create: PublishSubscribeCreateError (AlreadyExists|InsufficientPermissions): /);
    assert.match(lines[3]!, /^open: PublishSubscribeOpenError InsufficientPermissions: .*EACCES/);
    assert.match(lines[4]!, /^openOrCreate: PublishSubscribeOpenError InsufficientPermissions: .*EACCES/);
    assert.match(lines[5]!, /^remove: ServiceRemoveError InsufficientPermissions: /);

    assert.deepEqual(new Set(Node.list(domain.config).map(({ state }) => state)), new Set(["Alive", "Dead"]));
    assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
    node.close();
    domain.assertClean();
  });
});
