/** What upstream's suite demands of services of any pattern, as far as no other test shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AttributeValues, Node, PublishSubscribeOpenError, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { Actor } from "../life/actor.ts";
import { inDomain } from "./in-domain.ts";
import { race } from "./race.ts";

const ATTRIBUTES: AttributeValues = {
  "1. Hello": ["Hypnotoad", "Take a number"],
  "2. No more": "Coffee",
  "3. Just have a": "lick on the toad",
};

const isRefused = (error: unknown): boolean =>
  error instanceof PublishSubscribeOpenError && error.code === "IncompatibleAttributes";

describe("services", () => {
  test("of many names can be created at the same time", async () => {
    using domain = new TestDomain();
    await race(domain, "createServicesOfManyNames", { threads: 4, rounds: 25 });
    domain.assertClean();
  });

  test("of one name that are created at the same time are one", async () => {
    using domain = new TestDomain();
    const created = await race(domain, "createServicesOfOneName", { threads: 4, rounds: 25 });
    assert.equal(
      created.reduce((sum, count) => sum + count),
      25,
    );
    domain.assertClean();
  });
});

describe("the attributes of a service", () => {
  test(
    "are read by who opens it as its creator defined them",
    inDomain((node, { create }) => {
      const created = node.service("a").publishSubscribe(u64).create({ attributes: ATTRIBUTES });
      const opened = create().service("a").publishSubscribe(u64).open();
      assert.deepEqual(
        [...created.attributes],
        [
          { key: "1. Hello", value: "Hypnotoad" },
          { key: "1. Hello", value: "Take a number" },
          { key: "2. No more", value: "Coffee" },
          { key: "3. Just have a", value: "lick on the toad" },
        ],
      );
      assert.deepEqual([...opened.attributes], [...created.attributes]);
    }),
  );

  test(
    "are what an opener requires, all of it",
    inDomain((node, { create }) => {
      using service = node.service("a").publishSubscribe(u64).create({ attributes: ATTRIBUTES });
      const verbs = create().service("a").publishSubscribe(u64);
      for (const requireAttributes of [
        { "1. Hello": ["Hypnotoad", "Take a number"], "3. Just have a": "lick on the toad" },
        { "1. Hello": "Take a number" },
      ]) {
        assert.deepEqual([...verbs.open({ requireAttributes }).attributes], [...service.attributes]);
      }
      verbs.open({ requireAttributeKeys: ["2. No more"] });
      for (const requireAttributes of [
        { "1. Hello": "lick on the toad" },
        { "1. Hello": ["Hypnotoad", "Number Eight"] },
        { Whatever: "lick on the toad" },
      ]) {
        assert.throws(() => verbs.open({ requireAttributes }), isRefused);
      }
      assert.throws(() => verbs.open({ requireAttributeKeys: ["i do not exist"] }), isRefused);
    }),
  );
});

describe("a service", () => {
  test(
    "can be opened by one node any number of times, with one hash",
    inDomain((node) => {
      const verbs = node.service("a").publishSubscribe(u64);
      const { serviceHash } = verbs.create({ maxNodes: 1 });
      for (let round = 0; round < 128; round++) assert.equal(verbs.open().serviceHash, serviceHash);
    }),
  );

  for (const cleanupDeadNodesOnOpen of [true, false]) {
    test(`is rid of its dead nodes when it is opened, if configured: ${cleanupDeadNodesOnOpen}`, async () => {
      using domain = new TestDomain({
        global: {
          node: { cleanupDeadNodesOnCreation: false, cleanupDeadNodesOnDestruction: false },
          service: { cleanupDeadNodesOnOpen },
        },
      });
      using node = Node.create({ config: domain.config });
      await using actor = Actor.start(domain);
      const dead = await actor.do("node");
      await actor.do("service", { verb: "create" });
      const states = (): string[] =>
        Node.list(domain.config)
          .filter(({ id }) => id === dead)
          .map(({ state }) => state);
      using service = node.service("a service").publishSubscribe(u64).open();
      await actor.kill();
      assert.deepEqual(states(), ["Dead"]);
      using other = Node.create({ config: domain.config });
      other.service("a service").publishSubscribe(u64).open();
      assert.deepEqual(states(), cleanupDeadNodesOnOpen ? [] : ["Dead"]);
      service.tryCleanupDeadNodes();
      other.close();
      node.close();
      domain.assertClean();
    });
  }
});
