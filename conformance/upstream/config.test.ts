/** What upstream's suite demands of the configuration. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Config, type ConfigOverrides } from "iceoryx2-ts";

type Tree = { readonly [key: string]: unknown };
interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Settings whose values are names. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  RetryUntilDelivered: "DiscardData",
  Static: "BestFit",
};

function leavesOf(tree: Tree, path: readonly string[] = []): Leaf[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "object" && value !== null
      ? leavesOf(value as Tree, [...path, key])
      : [{ path: [...path, key], value }],
  );
}

function another({ path, value }: Leaf): unknown {
  switch (typeof value) {
    case "boolean":
      return !value;
    case "string":
      return OTHER_NAMES[value] ?? `fuu${value}`;
    case "number":
      return value + 1;
    default:
      return path.at(-1) === "flatbufferSchemaPath" ? "fuu" : 5;
  }
}

/** The same tree with one leaf changed. */
function replaced(tree: Tree, [key, ...rest]: readonly string[], value: unknown): Tree {
  return { ...tree, [key!]: rest.length === 0 ? value : replaced(tree[key!] as Tree, rest, value) };
}

describe("the settings", () => {
  test("can be changed, each alone", () => {
    const before = Config.default() as unknown as Tree;
    const leaves = leavesOf(before);
    assert(leaves.length > 50);
    for (const leaf of leaves) {
      const { path } = leaf;
      const overrides = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), another(leaf));
      const after = Config.with(Config.default(), overrides as ConfigOverrides);
      assert.deepEqual(structuredClone(after), replaced(before, path, another(leaf)), path.join("."));
    }
  });
});
