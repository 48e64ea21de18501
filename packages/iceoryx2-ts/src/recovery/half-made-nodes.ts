/**
 * Nodes whose process died while it made or removed their files: without a whole monitoring token they are neither
 * alive nor dead for anybody, and would stay for ever. Upstream leaves them.
 *
 * A process that is merely slow must not be robbed, so its id, which is part of the node's, must be gone as well. In
 * another pid namespace that cannot be seen, and nothing is removed.
 */
import { log } from "../base/log.ts";
import { creationTimeOf, pidOf } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import { isTokenLocked, isTokenWhole, removeMonitoringToken, TOKEN_FILES } from "../node/monitoring-token.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { fileNames, stripName } from "../transport/names.ts";
import { DeadNode } from "./dead-node.ts";

/** Failures are logged and leave the files to the next cleaner. */
export function removeHalfMadeNodes(os: Os, config: Config): void {
  if (os.pid !== os.hostPid) return;
  for (const nodeId of idsInDirectory(os, config)) {
    try {
      if (isTokenWhole(os, config, nodeId) || mayBeInTheMaking(os, config, nodeId)) continue;
      new DeadNode(os, config, nodeId, os.shmList()).cleanup();
      removeMonitoringToken(os, config, nodeId);
    } catch (error) {
      log("warn", `node ${nodeId.toString(16)}`, `it is half made, but removing it failed: ${error}`);
    }
  }
}

/** Every node of which there is any file, or its own directory. */
function idsInDirectory(os: Os, config: Config): Set<bigint> {
  const { prefix, node } = config.global;
  const ids = new Set<bigint>();
  for (const name of readDirectory(os, fileNames.nodeDirectory(config))) {
    const suffixes = TOKEN_FILES.map((file) => node.monitorSuffix + file);
    const id = [name, ...suffixes.map((suffix) => stripName(name, prefix, suffix))].find(isId);
    if (id !== undefined) ids.add(BigInt(id));
  }
  return ids;
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,39}$/.test(text);
}

function mayBeInTheMaking(os: Os, config: Config, nodeId: bigint): boolean {
  // The clock of the id stands still between reboots; an id from the future is from before the last one.
  const age = Number(os.monotonicTime() - creationTimeOf(nodeId)) / 1e6;
  const isYoung = age >= 0 && age < config.global.creationTimeout;
  return isYoung || os.isProcessAlive(pidOf(nodeId)) || isTokenLocked(os, config, nodeId);
}

function readDirectory(os: Os, path: string): string[] {
  try {
    return os.readdir(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return [];
    throw error;
  }
}
