/**
 * Entries of ports whose node vanished: when a cleaner died between a port's tag and its entry, upstream's next cleaner
 * keeps the entry and removes the node, and no clean-up ever finds it again.
 */
import { ownerOf } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import type { Bag } from "../lockfree/bag.ts";
import { monitorState } from "../node/monitoring-token.ts";
import type { Os } from "../os/os.ts";
import { readEntryIds } from "../service/port-details.ts";
import type { MessagingPatternKind } from "../service/static-config.ts";
import { type PortBag, PortRemains } from "./port-remains.ts";

/** @returns whether there were any. A node that has a port has a token, until its last port is gone. */
export function removePortsOfVanishedNodes(
  os: Os,
  config: Config,
  kind: MessagingPatternKind,
  which: PortBag,
  bag: Bag,
): boolean {
  let found = false;
  for (let slot = 0; slot < bag.capacity; slot++) {
    const entry = bag.readSlot(slot)?.entry;
    if (entry === undefined) continue;
    const { nodeId } = readEntryIds(entry);
    if (monitorState(os, config, nodeId) !== "DoesNotExist") continue;
    const remains = new PortRemains(os, config, os.shmList());
    const remove = (lost: Uint8Array): boolean => {
      const ids = readEntryIds(lost);
      if (ids.nodeId === nodeId) remains.remove(kind, which, ids.portId);
      return ids.nodeId === nodeId;
    };
    bag.recover(ownerOf(nodeId), remove, "Default");
    found = true;
  }
  return found;
}
