/**
 * Cleaning up after nodes whose process died, of whatever language: their tags lead to everything they owned.
 *
 * One cleaner at a time holds a dead node's owner lock. All steps may be repeated, and the node's own files go last,
 * so a cleaner that fails or dies leaves the node to the next one.
 */
import { diagnose } from "../base/diagnostics.ts";
import { log } from "../base/log.ts";
import type { Config } from "../config/config.ts";
import { lockForCleanup, monitorState } from "../node/monitoring-token.ts";
import { type NodeDetails, readNodeDetails } from "../node/node-details.ts";
import { listNodeIds } from "../node/node-list.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import type { Steps } from "../os/steps.ts";
import { fileNames } from "../transport/names.ts";
import { readStaticStorage } from "../transport/static-storage.ts";
import { DeadNode } from "./dead-node.ts";
import { removeHalfMadeNodes } from "./half-made-nodes.ts";

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
export function* cleanupDeadNodes(os: Os, config: Config, timeout: number): Steps<CleanupState> {
  removeHalfMadeNodes(os, config);
  return yield* cleanupDeadNodesAmong(os, config, listNodeIds(os, config), timeout);
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
    const start = os.monotonicTime();
    try {
      if (!isDead(os, config, nodeId)) continue;
      listing ??= os.shmList();
      let result = cleanupDeadNode(os, config, nodeId, listing);
      while (result === "Busy" && Number(os.monotonicTime() - start) < timeout * 1e6) {
        yield RETRY_INTERVAL;
        result = cleanupDeadNode(os, config, nodeId, listing);
      }
      if (result === "Cleaned") cleanups++;
    } catch (error) {
      failedCleanups++;
      diagnose("iceoryx2.node.cleanupFailed", () => ({ nodeId, error }));
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
    const details = readDetails(os, ownConfig, nodeId);
    // What it left is named after its own configuration.
    new DeadNode(os, details?.config ?? ownConfig, nodeId, listing).cleanup();
    lock.removeToken();
    diagnose("iceoryx2.node.dead", () => ({ nodeId, name: details?.name, process: details?.process }));
    return "Cleaned";
  } finally {
    lock.close();
  }
}

function readDetails(os: Os, ownConfig: Config, nodeId: bigint): NodeDetails | undefined {
  try {
    const content = readStaticStorage(os, fileNames.nodeDetails(ownConfig, nodeId));
    return readNodeDetails(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
}
