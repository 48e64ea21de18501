/** What upstream's suite demands of nodes, as far as no other test shows it. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { Config, Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { Program } from "../program.ts";
import { inDomain } from "./in-domain.ts";
import { race } from "./race.ts";

const MANY = 16;

function idsOf(nodes: readonly { readonly id: bigint }[]): bigint[] {
  return nodes.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1));
}

describe("a node", () => {
  test(
    "may have the name of others, and has an id of its own",
    inDomain((first, { create }) => {
      const nodes = Array.from({ length: MANY }, () => create({ name: "what does an electron taste like?" }));
      assert(nodes.every(({ name }) => name === "what does an electron taste like?"));
      assert.equal(new Set(idsOf([first, ...nodes])).size, MANY + 1);
    }),
  );

  test(
    "is not seen with another node directory",
    inDomain((node, { create, domain }) => {
      node.close();
      const configs = ["node2", "bud_spencer"].map((directory) =>
        Config.with(domain.config, { global: { node: { directory } } }),
      );
      const groups = configs.map((config) => Array.from({ length: MANY }, () => create({ config })));
      const assertSeparate = (): void => {
        for (const [index, group] of groups.entries()) {
          assert.deepEqual(idsOf(Node.list(configs[index])), idsOf(group));
        }
      };
      assertSeparate();
      while (groups[0]!.length > 0) {
        groups[0]!.pop()!.close();
        groups[1]!.shift()!.close();
        assertSeparate();
      }
    }),
  );

  test("without a configuration has the global one", async () => {
    using domain = new TestDomain();
    const { prefix, rootPath } = domain;
    mkdirSync(path.join(rootPath, "config"));
    const file = path.join(rootPath, "config/iceoryx2.toml");
    writeFileSync(file, `[global]\nprefix = "${prefix}"\nroot-path = "${rootPath}"\n`);
    const script = `
      import { Config, Node } from "${import.meta.resolve("iceoryx2-ts")}";
      const node = Node.create();
      console.log(node.config === Config.global(), node.config.global.prefix);`;
    const args = ["--input-type=module", "-e", script];
    await using program = Program.start(process.execPath, args, { cwd: rootPath });
    await program.line(new RegExp(`^true ${prefix}$`));
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.deepEqual(domain.leftovers(), [file]);
  });

  test("finds itself in the list while others come and go", async () => {
    using domain = new TestDomain();
    await race(domain, "createAndListNodes", { threads: 4, rounds: 100 });
    domain.assertClean();
  });
});
