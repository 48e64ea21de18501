/** A domain of its own for a test with nodes of ours, of which nothing may be left at the end. */
import { type ConfigOverrides, Node, type NodeOptions } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";

export interface Nodes {
  readonly domain: TestDomain;
  /** Another node of the domain; it is closed at the end. */
  create(options?: NodeOptions): Node;
}

/** Runs a test with a node, closes all nodes and checks that nothing is left. */
export function inDomain(
  test: (node: Node, nodes: Nodes) => void | Promise<void>,
  overrides: ConfigOverrides = {},
): () => Promise<void> {
  return async () => {
    using domain = new TestDomain(overrides);
    const created: Node[] = [];
    const create = (options: NodeOptions = {}): Node => {
      const node = Node.create({ config: domain.config, ...options });
      created.push(node);
      return node;
    };
    try {
      await test(create(), { domain, create });
    } finally {
      for (const node of created.reverse()) node.close();
    }
    domain.assertClean();
  };
}
