/** Cleaning up after dead nodes on request, in the three forms that nodes and services offer. */
import { demandTimeout } from "../base/timeout.ts";
import { type RunOptions, runAsync, runSync } from "../os/steps.ts";
import { type CleanupState, cleanupDeadNodesAmong } from "../recovery/dead-nodes.ts";
import type { NodeState } from "./node-state.ts";

/** Where to look for dead nodes. */
export type NodeIds = () => readonly bigint[];

/** Nodes that somebody else is cleaning up are left to him. */
export function tryCleanup({ os, config }: NodeState, nodeIds: NodeIds): CleanupState {
  return runSync(os, cleanupDeadNodesAmong(os, config, nodeIds(), 0));
}

/** Waits for other cleaners, blocking the thread, at most `timeout` milliseconds per dead node. */
export function blockingCleanup(
  { os, config, origin }: NodeState,
  nodeIds: NodeIds,
  timeout: number,
): CleanupState {
  demandTimeout(origin, timeout);
  return runSync(os, cleanupDeadNodesAmong(os, config, nodeIds(), timeout));
}

/** The same without blocking: the event loop runs between two nodes. @throws the signal's reason. */
export async function cleanupAsync(
  { os, config, origin }: NodeState,
  nodeIds: NodeIds,
  { timeout, signal }: RunOptions,
): Promise<CleanupState> {
  demandTimeout(origin, timeout);
  const perNode = timeout ?? config.global.creationTimeout;
  return runAsync(os, origin, cleanupDeadNodesAmong(os, config, nodeIds(), perNode), { signal });
}
