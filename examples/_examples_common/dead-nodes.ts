import { Node } from "iceoryx2-ts";

/** Cleans up after processes that died. Who listens to their services is told of it. */
export function findAndCleanupDeadNodes(node: Node): void {
  const deadNodes = Node.list(node.config).filter(({ state }) => state === "Dead");
  if (deadNodes.length === 0) return;
  for (const { details } of deadNodes) console.log("detected dead node:", details?.name);
  node.tryCleanupDeadNodes();
}
