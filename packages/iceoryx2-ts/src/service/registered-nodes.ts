import { readUniqueId } from "../base/unique-id.ts";
import type { Bag } from "../lockfree/bag.ts";

/** The ids of the nodes that have a service open, dead ones included. */
export function registeredNodes(nodes: Bag): bigint[] {
  const ids: bigint[] = [];
  for (let slot = 0; slot < nodes.capacity; slot++) {
    const entry = nodes.readSlot(slot)?.entry;
    if (entry !== undefined) ids.push(readUniqueId(new DataView(entry.buffer), 0));
  }
  return ids;
}
