import { readUniqueId } from "../base/unique-id.ts";
import type { Bag } from "../lockfree/bag.ts";

/** The ids of the nodes that have a service open, dead ones included. */
export function registeredNodes(nodes: Bag): bigint[] {
  return nodes.readAll().map((entry) => readUniqueId(new DataView(entry.buffer), 0));
}
