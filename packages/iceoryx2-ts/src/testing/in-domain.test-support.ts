import { Node } from "../api/node.ts";
import type { ConfigOverrides } from "../config/config.ts";
import { TestDomain } from "./test-domain.ts";

/** Runs a test with a node in a domain of its own, closes the node and checks that nothing is left. */
export function inDomain(
  test: (node: Node, domain: TestDomain) => void,
  overrides: ConfigOverrides = {},
): () => void {
  return () => {
    using domain = new TestDomain(overrides);
    using node = Node.create({ config: domain.config, signals: "ignore" });
    test(node, domain);
    node.close();
    domain.assertClean();
  };
}

/** As `inDomain`, for tests that wait. */
export function inDomainAsync(
  test: (node: Node, domain: TestDomain) => Promise<void>,
  overrides: ConfigOverrides = {},
): () => Promise<void> {
  return async () => {
    using domain = new TestDomain(overrides);
    using node = Node.create({ config: domain.config, signals: "ignore" });
    await test(node, domain);
    node.close();
    domain.assertClean();
  };
}
