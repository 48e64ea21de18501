/** All nodes of a domain, of whatever process and language. */
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { fileNames, stripName } from "../transport/names.ts";
import { readStaticStorage } from "../transport/static-storage.ts";
import { monitorState } from "./monitoring-token.ts";
import { type NodeDetails, readNodeDetails } from "./node-details.ts";

/** Alive and dead nodes; those of other users; those whose files make no sense. */
export type NodeStateKind = "Alive" | "Dead" | "Inaccessible" | "Undefined";

export interface NodeView {
  readonly state: NodeStateKind;
  readonly id: bigint;
  /** Undefined where they cannot be read. */
  readonly details: NodeDetails | undefined;
}

/** The ids of all nodes that have a monitoring token. @throws OsError */
export function listNodeIds(os: Os, config: Config): bigint[] {
  const { prefix, node } = config.global;
  return readDirectory(os, fileNames.nodeDirectory(config))
    .map((name) => stripName(name, prefix, node.monitorSuffix))
    .filter((id) => id !== undefined && /^\d{1,39}$/.test(id))
    .map((id) => BigInt(id!));
}

/** @throws OsError */
export function listNodes(os: Os, config: Config): NodeView[] {
  return listNodeIds(os, config)
    .map((id) => viewNode(os, config, id))
    .filter((view) => view !== undefined);
}

/** @returns undefined for a node that is being created or is gone. */
export function viewNode(os: Os, config: Config, id: bigint): NodeView | undefined {
  const state = nodeStateKind(os, config, id);
  return state === undefined ? undefined : { state, id, details: tryReadDetails(os, config, id) };
}

function nodeStateKind(os: Os, config: Config, id: bigint): NodeStateKind | undefined {
  try {
    switch (monitorState(os, config, id)) {
      case "Alive":
        return "Alive";
      case "Dead":
      case "CleaningUp":
        return "Dead";
      case "Starting":
      case "DoesNotExist":
        return undefined;
    }
  } catch (error) {
    return isOsError(error, "EACCES", "EPERM") ? "Inaccessible" : "Undefined";
  }
}

function tryReadDetails(os: Os, config: Config, id: bigint): NodeDetails | undefined {
  try {
    return readNodeDetails(
      new TextDecoder().decode(readStaticStorage(os, fileNames.nodeDetails(config, id))),
    );
  } catch {
    // A node may go at any moment, and its details may be another user's or of another version.
    return undefined;
  }
}

function readDirectory(os: Os, path: string): string[] {
  try {
    return os.readdir(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return [];
    throw error;
  }
}
