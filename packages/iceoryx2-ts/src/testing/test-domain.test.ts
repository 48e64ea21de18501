import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { u64 } from "../payload/scalars.ts";
import { LogCapture } from "./log-capture.test-support.ts";
import { TestDomain } from "./test-domain.ts";

const sharedMemory = (prefix: string): string[] =>
  fs.readdirSync("/dev/shm").filter((name) => name.startsWith(prefix));

describe("a test domain", () => {
  it("has a prefix, a directory and a configuration of its own", () => {
    using one = new TestDomain();
    using two = new TestDomain();
    assert.notEqual(one.prefix, two.prefix);
    assert(!one.prefix.startsWith(two.prefix) && !two.prefix.startsWith(one.prefix));
    assert.notEqual(one.rootPath, two.rootPath);
    assert(fs.statSync(one.rootPath).isDirectory());
    const { prefix, rootPath } = one.config.global;
    assert.deepEqual([prefix, rootPath], [one.prefix, one.rootPath]);
  });

  it("takes further settings, but keeps its own", () => {
    using domain = new TestDomain({ global: { creationTimeout: 7, prefix: "other_" } });
    assert.equal(domain.config.global.creationTimeout, 7);
    assert.equal(domain.config.global.prefix, domain.prefix);
  });

  it("is clean when nothing was made and again when everything is closed", () => {
    using domain = new TestDomain();
    domain.assertClean();
    const node = Node.create({ config: domain.config });
    const service = node.service("a").publishSubscribe(u64).create();
    service.publisher();
    assert(domain.leftovers().length >= 5, domain.leftovers().join("\n"));
    assert.throws(
      () => domain.assertClean(),
      (error: Error) => domain.leftovers().every((name) => error.message.includes(name)),
    );
    node.close();
    domain.assertClean();
  });

  it("finds strangers in its directory and in shared memory", () => {
    using domain = new TestDomain();
    const file = `${domain.rootPath}a/b/stranger`;
    fs.mkdirSync(`${domain.rootPath}a/b`, { recursive: true });
    fs.writeFileSync(file, "");
    fs.writeFileSync(`/dev/shm/${domain.prefix}stranger`, "");
    assert.deepEqual(domain.leftovers(), [`${domain.prefix}stranger`, file]);
  });

  it("takes everything with it, and other domains stay as they are", () => {
    using other = new TestDomain();
    using otherNode = Node.create({ config: other.config });
    const { prefix, rootPath } = useAndForget();
    assert.deepEqual(sharedMemory(prefix), []);
    assert(!fs.existsSync(rootPath));
    assert.equal(Node.list(other.config).length, 1);
    assert.equal(otherNode.closed, false);
  });
});

/** A domain that ends while its node is still open. */
function useAndForget(): TestDomain {
  using domain = new TestDomain();
  using _log = new LogCapture();
  const node = Node.create({ config: domain.config });
  node.service("a").publishSubscribe(u64).create().publisher();
  assert(sharedMemory(domain.prefix).length > 0);
  domain[Symbol.dispose]();
  node.close();
  return domain;
}
