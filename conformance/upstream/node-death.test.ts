/** What upstream's suite demands when processes die, as far as no other test shows it. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { Config, Node, Service } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { inDomain } from "./in-domain.ts";
import { countPorts, KINDS, makePorts, patternOf } from "./patterns.ts";
import { leaveDead, ON_DEMAND, startVictim } from "./victim.ts";

const SHARED_MEMORY = "/dev/shm";

function states({ config }: TestDomain): string[] {
  return Node.list(config)
    .map(({ state }) => state)
    .sort();
}

/** Takes the dynamic configuration of the only service away. */
function removeDynamicConfig({ prefix }: TestDomain): void {
  const names = readdirSync(SHARED_MEMORY).filter(
    (name) => name.startsWith(prefix) && name.endsWith(".dynamic"),
  );
  assert.equal(names.length, 1);
  rmSync(path.join(SHARED_MEMORY, names[0]!));
}

describe("dead nodes", () => {
  test(
    "are listed as dead until they are cleaned up, however many",
    inDomain(async (node, { domain }) => {
      for (let nodes = 1; nodes < 5; nodes++) {
        await leaveDead(domain, { nodes });
        assert.deepEqual(states(domain), ["Alive", ...Array(nodes).fill("Dead")]);
        assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: nodes, failedCleanups: 0 });
        assert.deepEqual(states(domain), ["Alive"]);
      }
    }, ON_DEMAND),
  );

  test(
    "are cleaned up by a new node if it is configured so",
    inDomain(async (_, { domain, create }) => {
      await leaveDead(domain, {});
      create();
      assert.deepEqual(states(domain), ["Alive", "Alive", "Dead"]);
      create({
        config: Config.with(domain.config, { global: { node: { cleanupDeadNodesOnCreation: true } } }),
      });
      assert.deepEqual(states(domain), ["Alive", "Alive", "Alive"]);
    }, ON_DEMAND),
  );

  test(
    "are cleaned up by a node that is closed if it is configured so",
    inDomain(async (node, { domain, create }) => {
      const config = Config.with(domain.config, {
        global: { node: { cleanupDeadNodesOnDestruction: true } },
      });
      const cleaning = create({ config });
      await leaveDead(domain, {});
      node.close();
      assert.deepEqual(states(domain), ["Alive", "Dead"]);
      cleaning.close();
      assert.deepEqual(states(domain), []);
    }, ON_DEMAND),
  );
});

for (const kind of KINDS) {
  const pattern = patternOf(kind);

  describe(`a service (${kind})`, () => {
    test(
      "is left by dead nodes with all their ports",
      inDomain(async (first, { domain, create }) => {
        const services = ["a", "b", "c"];
        const victim = await startVictim(domain, { nodes: 3, kind, services });
        const nodes = [first, create()];
        const opened = nodes.flatMap((node) => services.map((name) => pattern.open(node, name)));
        for (const service of opened) makePorts(service);
        for (const service of opened) assert.deepEqual(countPorts(service), [5, 5]);
        await victim.end("SIGKILL");
        assert.deepEqual(first.tryCleanupDeadNodes(), { cleanups: 3, failedCleanups: 0 });
        for (const service of opened) {
          assert.deepEqual(countPorts(service), [2, 2]);
          assert.deepEqual(
            service.factory.nodes().map(({ id, state }) => [id, state]),
            nodes.map(({ id }) => [id, "Alive"]),
          );
        }
      }, ON_DEMAND),
    );

    test(
      "goes with its last node when that is cleaned up",
      inDomain(async (node, { domain }) => {
        await leaveDead(domain, { kind, services: ["a"] });
        assert.deepEqual(
          Service.list(domain.config).map(({ staticDetails }) => staticDetails.serviceName),
          ["a"],
        );
        assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
        assert.deepEqual(Service.list(domain.config), []);
        pattern.create(node, "a");
      }, ON_DEMAND),
    );

    for (const cleanupDeadNodesOnOpen of [true, false]) {
      test(
        `is rid of its dead nodes when it is opened, if configured: ${cleanupDeadNodesOnOpen}`,
        inDomain(
          async (first, { domain, create }) => {
            const victim = await startVictim(domain, { kind, services: ["a"] });
            pattern.open(first, "a");
            await victim.end("SIGKILL");
            const { factory } = pattern.open(create(), "a");
            const expected = cleanupDeadNodesOnOpen ? ["Alive", "Alive"] : ["Alive", "Alive", "Dead"];
            assert.deepEqual(
              factory
                .nodes()
                .map(({ state }) => state)
                .sort(),
              expected,
            );
            assert.deepEqual(states(domain), expected);
            first.tryCleanupDeadNodes();
          },
          { global: { ...ON_DEMAND.global, service: { cleanupDeadNodesOnOpen } } },
        ),
      );
    }

    test(
      "without its dynamic configuration goes with its last node",
      inDomain(async (node, { domain }) => {
        await leaveDead(domain, { kind, services: ["a"] });
        removeDynamicConfig(domain);
        assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
        assert.equal(Service.doesExist("a", kind, domain.config), false);
        assert.equal(pattern.create(node, "a").factory.nodes().length, 1);
      }, ON_DEMAND),
    );

    for (const damage of ["", ", without its dynamic configuration"]) {
      test(
        `of a dead node can be removed by force and made anew${damage}`,
        inDomain(async (node, { domain }) => {
          await leaveDead(domain, { kind, services: ["a"] });
          if (damage !== "") removeDynamicConfig(domain);
          assert.equal(node.forceRemoveService("a", kind), true);
          pattern.create(node, "a");
          const { factory } = pattern.open(node, "a");
          assert.deepEqual(node.tryCleanupDeadNodes(), { cleanups: 1, failedCleanups: 0 });
          assert.equal(Service.doesExist("a", kind, domain.config), true);
          assert.deepEqual(
            factory.nodes().map(({ id }) => id),
            [node.id],
          );
        }, ON_DEMAND),
      );
    }
  });
}
