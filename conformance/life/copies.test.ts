/** Several nodes in one process: of one copy of the library and of two. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Iox2Error, Node, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { REPOSITORY } from "../python.ts";
import { assertNothingIsLeft } from "./scenarios.ts";

type Library = typeof import("iceoryx2-ts");

/** A second copy of the built library, as a second version of a dependency would bring it. */
async function withCopy(body: (copy: Library) => Promise<void> | void): Promise<void> {
  const cache = join(REPOSITORY, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "copy-"));
  try {
    cpSync(fileURLToPath(new URL(".", import.meta.resolve("iceoryx2-ts"))), folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    await body((await import(pathToFileURL(join(folder, "index.js")).href)) as Library);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("two nodes in one process", () => {
  test("share a service, and either may go first", () => {
    for (const first of [0, 1]) {
      using domain = new TestDomain();
      const nodes = [1, 2].map(() => Node.create({ config: domain.config, signals: "ignore" }));
      const services = nodes.map((node) => node.service("a service").publishSubscribe(u64).openOrCreate());
      const [publisher, subscriber] = [services[0]!.publisher(), services[1]!.subscriber()];
      assert.equal(publisher.sendCopy(1n), 1);
      assert.equal(subscriber.receive()?.payload, 1n);
      nodes[first]!.close();
      const left = nodes[1 - first]!.service("a service").publishSubscribe(u64).open();
      assert.equal(left.publisher().sendCopy(2n), first === 0 ? 1 : 0);
      nodes[1 - first]!.close();
      assertNothingIsLeft(domain, `after node ${first} went first`);
    }
  });

  test("of two copies of the library share a service and see that the other lives", () =>
    withCopy((copy) => {
      using domain = new TestDomain();
      using ours = Node.create({ name: "ours", config: domain.config, signals: "ignore" });
      const { prefix, rootPath } = domain;
      const config = copy.Config.with(copy.Config.default(), { global: { prefix, rootPath } });
      using theirs = copy.Node.create({ name: "theirs", config, signals: "ignore" });
      for (const list of [Node.list(domain.config), copy.Node.list(config)]) {
        assert.deepEqual(
          new Map(list.map(({ id, state }) => [id, state])),
          new Map([
            [ours.id, "Alive"],
            [theirs.id, "Alive"],
          ]),
        );
      }
      assert.deepEqual(ours.tryCleanupDeadNodes(), { cleanups: 0, failedCleanups: 0 });

      const publisher = ours.service("a service").publishSubscribe(u64).create().publisher();
      const subscriber = theirs.service("a service").publishSubscribe(copy.u64).open().subscriber();
      assert.equal(publisher.sendCopy(1n), 1);
      assert.equal(subscriber.receive()?.payload, 1n);
      assert.throws(
        () => theirs.service("a service").publishSubscribe(copy.u64).create(),
        (error) => error instanceof Iox2Error && error.code === "AlreadyExists",
      );
      theirs.close();
      assert.equal(publisher.sendCopy(2n), 0);
      ours.close();
      assertNothingIsLeft(domain, "after both copies");
    }));
});
