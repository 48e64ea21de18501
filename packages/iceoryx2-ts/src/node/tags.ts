/**
 * Tags: the crash journal of a node. Before anything of a service or port comes into being, an empty file with its
 * name is put into the node's own directory, and it goes last. So whatever a dead node left can be found.
 */
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { fileNames, stripName } from "../transport/names.ts";
import { createStaticStorage, removeStaticStorage } from "../transport/static-storage.ts";
import { isStorageError } from "../transport/storage-error.ts";

const NO_CONTENT: Uint8Array = new Uint8Array(0);

/** @returns whether this call made it; it may be there already. @throws StorageError */
export function createServiceTag(os: Os, config: Config, nodeId: bigint, serviceHash: string): boolean {
  try {
    createStaticStorage(os, fileNames.serviceTag(config, nodeId, serviceHash), NO_CONTENT);
    return true;
  } catch (error) {
    if (isStorageError(error, "AlreadyExists")) return false;
    throw error;
  }
}

export function removeServiceTag(os: Os, config: Config, nodeId: bigint, serviceHash: string): void {
  removeStaticStorage(os, fileNames.serviceTag(config, nodeId, serviceHash));
}

/** @throws StorageError */
export function createPortTag(os: Os, config: Config, nodeId: bigint, portId: bigint): void {
  createStaticStorage(os, fileNames.portTag(config, nodeId, portId), NO_CONTENT);
}

/** @returns whether it was there. */
export function removePortTag(os: Os, config: Config, nodeId: bigint, portId: bigint): boolean {
  return removeStaticStorage(os, fileNames.portTag(config, nodeId, portId));
}

export interface NodeTags {
  readonly serviceHashes: readonly string[];
  readonly portIds: readonly bigint[];
}

export function listTags(os: Os, config: Config, nodeId: bigint): NodeTags {
  const { prefix, node } = config.global;
  const names = readDirectory(os, fileNames.nodeOwnDirectory(config, nodeId));
  const strip = (suffix: string): string[] =>
    names.map((name) => stripName(name, prefix, suffix)).filter((name) => name !== undefined);
  return {
    serviceHashes: strip(node.serviceTagSuffix).filter((hash) => /^[0-9a-f]{40}$/.test(hash)),
    portIds: strip(node.portTagSuffix)
      .filter((id) => /^\d{1,39}$/.test(id))
      .map(BigInt),
  };
}

function readDirectory(os: Os, path: string): string[] {
  try {
    return os.readdir(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return [];
    throw error;
  }
}
