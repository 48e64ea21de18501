/**
 * Cleaning up after nodes whose process died, of whatever language: their tags lead to everything they owned.
 *
 * One cleaner at a time holds a dead node's owner lock. All steps may be repeated, and the node's own files go last,
 * so a cleaner that fails or dies leaves the node to the next one.
 */
import { log } from "../base/log.ts";
import { ownerOf } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import type { Bag } from "../lockfree/bag.ts";
import { lockForCleanup, monitorState } from "../node/monitoring-token.ts";
import { readNodeDetails } from "../node/node-details.ts";
import { listNodeIds } from "../node/node-list.ts";
import { listTags, removePortTag, removeServiceTag } from "../node/tags.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import type { Steps } from "../os/steps.ts";
import { DynamicConfig } from "../service/dynamic-config.ts";
import { readEntryIds } from "../service/port-details.ts";
import { removeService } from "../service/resources.ts";
import { readStaticConfig, type StaticConfig } from "../service/static-config.ts";
import { fileNames } from "../transport/names.ts";
import { readStaticStorage, removeStaticStorage } from "../transport/static-storage.ts";
import { isStorageError } from "../transport/storage-error.ts";
import { removeOrphan } from "./orphans.ts";
import { type PortBag, PortRemains } from "./port-remains.ts";

/** How many dead nodes were cleaned up, and for how many that failed. */
export interface CleanupState {
  readonly cleanups: number;
  readonly failedCleanups: number;
}

/** How often to look whether another cleaner is done, in milliseconds. */
const RETRY_INTERVAL = 1;

/**
 * Cleans up after every dead node of the domain.
 *
 * @param timeout how long to wait for another cleaner, in milliseconds per dead node; 0: not at all.
 */
export function cleanupDeadNodes(os: Os, config: Config, timeout: number): Steps<CleanupState> {
  return cleanupDeadNodesAmong(os, config, listNodeIds(os, config), timeout);
}

/**
 * The same for those among `nodeIds` that are dead. Failures are logged and leave the node to the next cleaner; nodes
 * that somebody else cleaned up do not count. Pauses after each node, so that hundreds do not block an event loop.
 */
export function* cleanupDeadNodesAmong(
  os: Os,
  config: Config,
  nodeIds: readonly bigint[],
  timeout: number,
): Steps<CleanupState> {
  let cleanups = 0;
  let failedCleanups = 0;
  // One look at shared memory serves all: what is dead makes nothing new.
  let listing: readonly string[] | undefined;
  for (const nodeId of nodeIds) {
    const deadline = os.monotonicTime() + BigInt(Math.round(timeout * 1e6));
    try {
      if (!isDead(os, config, nodeId)) continue;
      listing ??= os.shmList();
      let result = cleanupDeadNode(os, config, nodeId, listing);
      while (result === "Busy" && os.monotonicTime() < deadline) {
        yield RETRY_INTERVAL;
        result = cleanupDeadNode(os, config, nodeId, listing);
      }
      if (result === "Cleaned") cleanups++;
    } catch (error) {
      failedCleanups++;
      log("warn", `node ${nodeId.toString(16)}`, `it is dead, but cleaning up after it failed: ${error}`);
    }
    yield 0;
  }
  return { cleanups, failedCleanups };
}

function isDead(os: Os, config: Config, nodeId: bigint): boolean {
  try {
    const state = monitorState(os, config, nodeId);
    return state === "Dead" || state === "CleaningUp";
  } catch (error) {
    // Another user's node is another user's business.
    if (isOsError(error, "EACCES", "EPERM")) return false;
    throw error;
  }
}

/** @throws StorageError, OsError */
function cleanupDeadNode(
  os: Os,
  ownConfig: Config,
  nodeId: bigint,
  listing: readonly string[],
): "Cleaned" | "Busy" | "NotDead" {
  const lock = lockForCleanup(os, ownConfig, nodeId);
  if (typeof lock === "string") return lock;
  try {
    const config = configOf(os, ownConfig, nodeId);
    new DeadNode(os, config, nodeId, listing).cleanup();
    lock.removeToken();
    return "Cleaned";
  } finally {
    lock.close();
  }
}

/** What it left is named after its own configuration. */
function configOf(os: Os, ownConfig: Config, nodeId: bigint): Config {
  try {
    const content = readStaticStorage(os, fileNames.nodeDetails(ownConfig, nodeId));
    return readNodeDetails(new TextDecoder().decode(content)).config;
  } catch {
    return ownConfig;
  }
}

class DeadNode {
  readonly #os: Os;
  readonly #config: Config;
  readonly #nodeId: bigint;
  readonly #remains: PortRemains;

  constructor(os: Os, config: Config, nodeId: bigint, listing: readonly string[]) {
    this.#os = os;
    this.#config = config;
    this.#nodeId = nodeId;
    this.#remains = new PortRemains(os, config, listing);
  }

  cleanup(): void {
    for (const hash of listTags(this.#os, this.#config, this.#nodeId).serviceHashes) this.#leaveService(hash);
    for (const portId of listTags(this.#os, this.#config, this.#nodeId).portIds) {
      this.#remains.removeUnknown(portId);
      removePortTag(this.#os, this.#config, this.#nodeId, portId);
    }
    removeStaticStorage(this.#os, fileNames.nodeDetails(this.#config, this.#nodeId));
    try {
      this.#os.rmdir(fileNames.nodeOwnDirectory(this.#config, this.#nodeId));
    } catch (error) {
      if (!isOsError(error, "ENOENT")) throw error;
    }
  }

  #leaveService(hash: string): void {
    const staticConfig = this.#readStaticConfig(hash);
    if (staticConfig !== undefined) this.#deregister(staticConfig);
    removeServiceTag(this.#os, this.#config, this.#nodeId, hash);
  }

  /** @returns undefined if there is none, or it is just being written. */
  #readStaticConfig(hash: string): StaticConfig | undefined {
    try {
      const content = readStaticStorage(this.#os, fileNames.staticConfig(this.#config, hash));
      return readStaticConfig(new TextDecoder().decode(content));
    } catch (error) {
      if (isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized")) return undefined;
      throw error;
    }
  }

  #deregister(staticConfig: StaticConfig): void {
    const { serviceId, messagingPattern } = staticConfig;
    let dynamicConfig: DynamicConfig;
    try {
      dynamicConfig = DynamicConfig.open(this.#os, this.#config, serviceId, messagingPattern, 0);
    } catch (error) {
      if (!isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized")) throw error;
      // Half built or half removed; a living node that has the service's tag will finish it.
      removeOrphan(this.#os, this.#config, staticConfig.serviceHash, staticConfig, this.#nodeId);
      return;
    }
    try {
      const { bagA, bagB, nodes } = dynamicConfig;
      const order: readonly [PortBag, Bag][] =
        messagingPattern.kind === "PublishSubscribe"
          ? [
              ["B", bagB],
              ["A", bagA],
            ]
          : [
              ["A", bagA],
              ["B", bagB],
            ];
      for (const [which, bag] of order) this.#recoverPorts(staticConfig, which, bag);
      const state = nodes.recover(ownerOf(this.#nodeId), () => true, "LockIfLast");
      const isEmpty = state === "Locked" || (state === "AlreadyLocked" && nodes.length === 0);
      if (isEmpty) removeService(this.#os, this.#config, staticConfig);
    } finally {
      dynamicConfig.close();
    }
  }

  #recoverPorts({ messagingPattern }: StaticConfig, which: PortBag, bag: Bag): void {
    bag.recover(
      ownerOf(this.#nodeId),
      (entry) => {
        const { portId, nodeId } = readEntryIds(entry);
        if (nodeId !== this.#nodeId) return false;
        this.#remains.remove(messagingPattern.kind, which, portId);
        removePortTag(this.#os, this.#config, this.#nodeId, portId);
        return true;
      },
      "Default",
    );
  }
}
