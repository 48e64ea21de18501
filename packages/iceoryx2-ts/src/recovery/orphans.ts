/**
 * Services that nobody will ever finish: half built by a creator that died, or locked by a last user that died before
 * it removed them.
 *
 * A creator that is merely slow must not be robbed. Every creator and every user makes its service tag first and
 * removes it last, so a service is an orphan if no node that may be alive has its tag; callers add that it stayed
 * unusable for the whole creation timeout.
 */
import { diagnose } from "../base/diagnostics.ts";
import type { Config } from "../config/config.ts";
import { monitorState } from "../node/monitoring-token.ts";
import { listNodeIds } from "../node/node-list.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { removeService } from "../service/resources.ts";
import type { StaticConfig } from "../service/static-config.ts";
import { fileNames } from "../transport/names.ts";
import { removeStaticStorage, staticStorageExists } from "../transport/static-storage.ts";

/** What was found of a service: its configuration, or the file in which somebody was about to write it. */
export type Remnant = StaticConfig | { readonly unwrittenInode: bigint };

/**
 * Removes what is left of a service if it is an orphan.
 *
 * @param exceptNode whose tag does not count: the node that asks, or the dead one that is being cleaned up.
 * @returns whether it was one.
 * @throws OsError, StorageError
 */
export function removeOrphan(
  os: Os,
  config: Config,
  serviceHash: string,
  remnant: Remnant,
  exceptNode: bigint,
): boolean {
  if (isClaimed(os, config, serviceHash, exceptNode)) return false;
  if ("serviceId" in remnant) removeService(os, config, remnant);
  else removeUnwritten(os, fileNames.staticConfig(config, serviceHash), remnant.unwrittenInode);
  diagnose("iceoryx2.service.orphanRemoved", () => {
    const serviceName = "serviceName" in remnant ? remnant.serviceName : undefined;
    return { serviceHash, serviceName };
  });
  return true;
}

/** Whether any node that may be alive has a tag of the service. */
function isClaimed(os: Os, config: Config, serviceHash: string, exceptNode: bigint): boolean {
  return listNodeIds(os, config).some((nodeId) => {
    if (nodeId === exceptNode) return false;
    if (!staticStorageExists(os, fileNames.serviceTag(config, nodeId, serviceHash))) return false;
    return mayBeAlive(os, config, nodeId);
  });
}

function mayBeAlive(os: Os, config: Config, nodeId: bigint): boolean {
  try {
    const state = monitorState(os, config, nodeId);
    return state === "Alive" || state === "Starting";
  } catch (error) {
    // Another user's node: nothing can be said, so it keeps what it may be building.
    if (isOsError(error, "EACCES", "EPERM")) return true;
    throw error;
  }
}

/** A file of the same name that somebody made since then is not the one. */
function removeUnwritten(os: Os, path: string, inode: bigint): void {
  try {
    if (os.lstat(path).inode === inode) removeStaticStorage(os, path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}
