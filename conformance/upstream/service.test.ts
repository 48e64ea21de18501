/** What upstream's suite demands of services of any pattern, as far as no other test shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type AttributeValues, Iox2Error, Node, u64 } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { inDomain } from "./in-domain.ts";
import { KINDS, type OpenOptions, patternOf } from "./patterns.ts";
import { race } from "./race.ts";

const ATTRIBUTES: AttributeValues = {
  "1. Hello": ["Hypnotoad", "Take a number"],
  "2. No more": "Coffee",
  "3. Just have a": "lick on the toad",
};

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

  test("find themselves in the list while others come and go", async () => {
    using domain = new TestDomain();
    await race(domain, "createAndListServices", { threads: 4, rounds: 40 });
    domain.assertClean();
  });

  test("list every node that has them while others come and go", async () => {
    using domain = new TestDomain();
    using node = Node.create({ config: domain.config });
    using service = node.service("a").publishSubscribe(u64).create({ maxNodes: 5 });
    await race(domain, "openServiceAndListItsNodes", { threads: 4, rounds: 30 });
    assert.equal(service.nodes().length, 1);
    node.close();
    domain.assertClean();
  });
});

const isRefused = (error: unknown): boolean =>
  error instanceof Iox2Error && error.code === "IncompatibleAttributes";

for (const kind of KINDS) {
  const pattern = patternOf(kind);

  describe(`a service (${kind})`, () => {
    test(
      "has the attributes that its creator defined, for all who open it",
      inDomain((node, { create }) => {
        const { factory: created } = pattern.create(node, "a", { attributes: ATTRIBUTES });
        const { factory: opened } = pattern.open(create(), "a");
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
      "has all attributes that an opener requires, or is not opened",
      inDomain((node, { create }) => {
        pattern.create(node, "a", { attributes: ATTRIBUTES });
        const other = create();
        const accepted: readonly OpenOptions[] = [
          {
            requireAttributes: {
              "1. Hello": ["Hypnotoad", "Take a number"],
              "3. Just have a": "lick on the toad",
            },
          },
          { requireAttributes: { "1. Hello": "Take a number" } },
          { requireAttributeKeys: ["2. No more"] },
        ];
        for (const options of accepted) pattern.open(other, "a", options);
        const refused: readonly OpenOptions[] = [
          { requireAttributes: { "1. Hello": "lick on the toad" } },
          { requireAttributes: { "1. Hello": ["Hypnotoad", "Number Eight"] } },
          { requireAttributes: { Whatever: "lick on the toad" } },
          { requireAttributeKeys: ["i do not exist"] },
        ];
        for (const options of refused) assert.throws(() => pattern.open(other, "a", options), isRefused);
      }),
    );

    test(
      "can be opened by one node any number of times, with one hash",
      inDomain((node) => {
        const { factory } = pattern.create(node, "a", { maxNodes: 1 });
        for (let round = 0; round < 128; round++) {
          assert.equal(pattern.open(node, "a").factory.serviceHash, factory.serviceHash);
        }
      }),
    );

    test(
      "lists the nodes that have it, as they come and go",
      inDomain((node, { create }) => {
        const { factory } = pattern.create(node, "a");
        const others: Node[] = [];
        const assertListed = (): void =>
          assert.deepEqual(
            new Set(factory.nodes().map(({ id }) => id)),
            new Set([node, ...others].map(({ id }) => id)),
          );
        for (let count = 0; count < 5; count++) {
          const other = create();
          others.push(other);
          const opened = pattern.open(other, "a");
          assert.equal(opened.factory.nodes().length, count + 2);
          assertListed();
        }
        while (others.length > 0) {
          others.pop()!.close();
          assertListed();
        }
      }),
    );
  });
}
