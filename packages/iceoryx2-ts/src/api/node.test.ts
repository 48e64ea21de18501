import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import { describe, it } from "node:test";
import { ClosedError, InvalidArgumentError, InvalidNameError } from "../base/general-errors.ts";
import { pidOf } from "../base/unique-id.ts";
import { u64 } from "../payload/scalars.ts";
import { Child } from "../testing/child.test-support.ts";
import { inDomain, inDomainAsync } from "../testing/in-domain.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { Node } from "./node.ts";

function isInvalidName(code: InvalidNameError["code"]) {
  return (error: unknown): boolean => error instanceof InvalidNameError && error.code === code;
}

describe("a node", () => {
  it(
    "has an id, a name and a configuration",
    inDomain((node, domain) => {
      using camera = Node.create({ name: "camera", config: domain.config });
      assert.equal(camera.name, "camera");
      assert.equal(node.name, "");
      assert.notEqual(camera.id, node.id);
      assert.equal(camera.config, domain.config);
      assert(pidOf(camera.id) > 0);
      camera.close();
    }),
  );

  it("refuses names that are not allowed, and makes nothing then", () => {
    using domain = new TestDomain();
    const create = (name: string): Node => Node.create({ name, config: domain.config });
    assert.throws(() => create("x".repeat(129)), isInvalidName("ExceedsMaximumLength"));
    assert.throws(() => create("caf\u00e9"), isInvalidName("InvalidContent"));
    assert.throws(() => create("a\0b"), isInvalidName("InvalidContent"));
    domain.assertClean();
    create("x".repeat(128)).close();
    domain.assertClean();
  });

  it(
    "refuses names of services that are not allowed",
    inDomain((node) => {
      assert.throws(() => node.service(""), isInvalidName("Empty"));
      assert.throws(() => node.service("x".repeat(256)), isInvalidName("ExceedsMaximumLength"));
      assert.throws(() => node.service("k\u00fche"), isInvalidName("InvalidContent"));
      assert.throws(() => node.service("iox2://discovery"), isInvalidName("InvalidContent"));
      node.service("x".repeat(255)).publishSubscribe(u64).create().close();
    }),
  );

  it("is closed by its scope, and may be closed again", () => {
    using domain = new TestDomain();
    let node: Node;
    {
      using scoped = Node.create({ config: domain.config });
      node = scoped;
      assert.equal(node.closed, false);
    }
    assert.equal(node.closed, true);
    domain.assertClean();
    node.close();
    assert.throws(() => node.service("a"), ClosedError);
  });

  it("takes everything that was created through it along, in any state and order", () => {
    using domain = new TestDomain();
    const node = Node.create({ config: domain.config });
    const service = node.service("a").publishSubscribe(u64).create();
    const builder = node.service("b").publishSubscribe(u64);
    const publishers = [service.publisher(), service.publisher()];
    const subscribers = [service.subscriber(), service.subscriber()];
    publishers[0]!.sendCopy(1n);
    const sample = subscribers[0]!.receive()!;
    publishers[1]!.close();
    service.close();
    node.close();
    domain.assertClean();
    for (const port of [...publishers, ...subscribers]) {
      assert.equal(port.closed, true);
      port.close();
    }
    service.close();
    assert.equal(sample.payload, 1n);
    sample.release();
    assert.throws(() => builder.create(), ClosedError);
    assert.throws(() => service.publisher(), ClosedError);
    assert.throws(() => service.numberOfPublishers, ClosedError);
    domain.assertClean();
  });

  it("that is closed with loans out leaves no file; the loans can still be released", () => {
    using domain = new TestDomain();
    const node = Node.create({ config: domain.config });
    const service = node.service("a").publishSubscribe(u64).create();
    const loans = [service.publisher().loan(), service.publisher().loan()];
    node.close();
    const leftovers = domain.leftovers();
    for (const loan of loans) loan.release();
    assert.deepEqual(leftovers, []);
    domain.assertClean();
  });
});

describe("the list of nodes", () => {
  it("of an empty domain is empty", () => {
    using domain = new TestDomain();
    assert.deepEqual(Node.list(domain.config), []);
  });

  it("shows every node with its details as long as it is open", () => {
    using domain = new TestDomain();
    using camera = Node.create({ name: "camera", config: domain.config });
    using unnamed = Node.create({ config: domain.config });
    const views = new Map(Node.list(domain.config).map((view) => [view.id, view]));
    assert.deepEqual(new Set(views.keys()), new Set([camera.id, unnamed.id]));
    const { state, details } = views.get(camera.id)!;
    assert.equal(state, "Alive");
    assert.deepEqual([details?.name, details?.process], ["camera", process.pid]);
    assert.deepEqual(details?.config, domain.config);
    assert.match(details?.executable ?? "", /^node/);
    camera.close();
    assert.deepEqual(
      Node.list(domain.config).map(({ id }) => id),
      [unnamed.id],
    );
    unnamed.close();
    domain.assertClean();
  });

  it("shows the nodes of other processes, and as dead when those were killed", async () => {
    using domain = new TestDomain();
    const child = new Child(
      domain,
      'Node.create({ config, name: "child" }); say("ready"); setInterval(() => {}, 1000);',
    );
    assert.equal(await child.line(), "ready");
    const seen = (): unknown[] =>
      Node.list(domain.config).map(({ state, details }) => [state, details?.name]);
    assert.deepEqual(seen(), [["Alive", "child"]]);
    child.kill("SIGKILL");
    await child.ending();
    assert.deepEqual(seen(), [["Dead", "child"]]);
    Node.create({ config: domain.config }).close();
    domain.assertClean();
  });

  it("shows nodes whose details are damaged without details", () => {
    using domain = new TestDomain();
    using node = Node.create({ config: domain.config });
    const file = domain.leftovers().find((name) => name.endsWith(".details"))!;
    fs.rmSync(file);
    fs.writeFileSync(file, "damaged");
    const [view] = Node.list(domain.config);
    assert.deepEqual([view?.state, view?.details, view?.id], ["Alive", undefined, node.id]);
    node.close();
    domain.assertClean();
  });
});

describe("waiting with a node", () => {
  it(
    "takes its time",
    inDomainAsync(async (node) => {
      const start = process.hrtime.bigint();
      assert.equal(await node.wait(10.5), true);
      assert(process.hrtime.bigint() - start > 9_500_000n);
      assert.equal(await node.wait(0), true);
    }),
  );

  it(
    "refuses times that are none",
    inDomainAsync(async (node) => {
      for (const time of [-1, Number.NaN, undefined as unknown as number]) {
        await assert.rejects(node.wait(time), InvalidArgumentError);
      }
      for (const period of [0, -1, Number.NaN]) {
        await assert.rejects(node.ticks(period).next(), InvalidArgumentError);
      }
    }),
  );

  it(
    "ends with false when the node closes, in all waits at once",
    inDomainAsync(async (node) => {
      const waits = [node.wait(60_000), node.wait(60_000), node.ticks(60_000).next()];
      node.close();
      assert.deepEqual(await Promise.all(waits), [false, false, { done: true, value: undefined }]);
      assert.equal(await node.wait(60_000), false);
      assert.deepEqual(await node.ticks(60_000).next(), { done: true, value: undefined });
    }),
  );

  it(
    "is rejected with the reason of an aborted signal",
    inDomainAsync(async (node) => {
      const reason = new Error("enough");
      const controller = new AbortController();
      const { signal } = controller;
      const waits = [node.wait(60_000, { signal }), node.ticks(60_000, { signal }).next()];
      controller.abort(reason);
      for (const wait of waits) await assert.rejects(wait as Promise<unknown>, reason);
      await assert.rejects(node.wait(60_000, { signal }), reason);
    }),
  );
});

describe("ticks", () => {
  it(
    "count periods, keep their phase and skip what the loop missed",
    inDomainAsync(async (node) => {
      const period = 10;
      const start = process.hrtime.bigint();
      const elapsed = (): number => Number(process.hrtime.bigint() - start) / 1e6;
      const counts: number[] = [];
      for await (const count of node.ticks(period)) {
        assert(elapsed() >= count * period, `tick ${count} came early`);
        counts.push(count);
        if (counts.length === 2) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2.5 * period);
        if (counts.length === 4) break;
      }
      assert(counts.every((count, i) => count > (counts[i - 1] ?? 0)));
      assert(counts[2]! >= counts[1]! + 3, `the blocked periods are skipped: ${counts}`);
    }),
  );

  it(
    "end when the node closes in the loop",
    inDomainAsync(async (node) => {
      let ticks = 0;
      for await (const _ of node.ticks(1)) {
        ticks++;
        node.close();
      }
      assert.equal(ticks, 1);
    }),
  );
});
