/**
 * A living node: what it owns on the machine, and everything that was created through it.
 *
 * The handles that users hold are thin; this is what they share. It is closed once, and takes everything with it in
 * the reverse order of creation.
 */
import { log } from "../base/log.ts";
import { ownerOf } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import { generateId, generateNodeId } from "../node/id-generator.ts";
import { MonitoringToken } from "../node/monitoring-token.ts";
import { writeNodeDetails } from "../node/node-details.ts";
import { listTags } from "../node/tags.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { runSync } from "../os/steps.ts";
import { cleanupDeadNodes } from "../recovery/dead-nodes.ts";
import { fileNames } from "../transport/names.ts";
import { createStaticStorage, removeStaticStorage } from "../transport/static-storage.ts";
import { isStorageError, type StorageError, toStorageError } from "../transport/storage-error.ts";
import { NodeCreationFailure } from "./node-errors.ts";
import type { ServiceState } from "./service-state.ts";
import type { SignalMode } from "./termination.ts";
import { WaitScope } from "./wait-scope.ts";

/** Something that was created through a node and goes with it at the latest. */
export interface NodeResource {
  /** Gives up everything at once, also what users still hold. */
  closeWithNode(): void;
}

/** How a node behaves towards its own process. */
export interface NodeBehavior {
  /** "wait" by default. */
  readonly signalMode?: SignalMode | undefined;
  /** Whether errors about too many loans and samples say where they were taken. */
  readonly tracksSamples?: boolean | undefined;
}

/** One id for this process, as upstream has one per process. */
let processId: bigint | undefined;

const openNodes = new Set<bigint>();

/** Whether a node lives in this thread, and so stands still when this thread is blocked. */
export function isNodeOfThisThread(id: bigint): boolean {
  return openNodes.has(id);
}

export class NodeState {
  readonly os: Os;
  readonly config: Config;
  readonly name: string;
  readonly id: bigint;
  readonly tracksSamples: boolean;
  /** What marks bag entries as ours. */
  readonly ownerId: bigint;
  /** For messages. */
  readonly origin: string;
  /** The services that this node is registered in, by hash: once each, however many handles there are. */
  readonly services: Map<string, ServiceState> = new Map();
  /** The waits of the node itself; ports have their own. */
  readonly waits: WaitScope;
  readonly #token: MonitoringToken;
  readonly #created: Set<NodeResource> = new Set();

  private constructor(
    os: Os,
    config: Config,
    name: string,
    id: bigint,
    token: MonitoringToken,
    behavior: NodeBehavior,
  ) {
    this.os = os;
    this.config = config;
    this.name = name;
    this.id = id;
    this.ownerId = ownerOf(id);
    this.origin = describeNode(name, id);
    this.#token = token;
    this.waits = new WaitScope(os, behavior.signalMode ?? "wait", this.origin);
    this.tracksSamples = behavior.tracksSamples ?? false;
  }

  /** @throws NodeCreationFailure; nothing is left behind then. */
  static create(os: Os, config: Config, name: string, behavior: NodeBehavior = {}): NodeState {
    let id: bigint | undefined;
    try {
      id = generateNodeId(os, config);
      processId ??= generateId(os);
      const details = { executable: os.executableName, process: os.pid, name, config };
      const content = new TextEncoder().encode(writeNodeDetails(details));
      createStaticStorage(os, fileNames.nodeDetails(config, id), content);
      const token = MonitoringToken.create(os, config, id, processId);
      const node = new NodeState(os, config, name, id, token, behavior);
      openNodes.add(id);
      if (config.global.node.cleanupDeadNodesOnCreation) node.#cleanupDeadNodes();
      return node;
    } catch (error) {
      if (id !== undefined) removeNodeFiles(os, config, id);
      throw toCreationFailure(error, name, id);
    }
  }

  get isClosed(): boolean {
    return this.waits.isClosed;
  }

  /** Takes part in `close`. */
  adopt(resource: NodeResource): void {
    this.#created.add(resource);
  }

  /** The resource is gone. */
  disown(resource: NodeResource): void {
    this.#created.delete(resource);
  }

  /** Closes everything that was created through this node, in reverse order, and then the node itself. */
  close(): void {
    if (this.isClosed) return;
    openNodes.delete(this.id);
    this.waits.close();
    for (const resource of [...this.#created].reverse()) {
      try {
        resource.closeWithNode();
      } catch (error) {
        // The rest must go all the same; what this one left is found by its tag.
        log("error", this.origin, `a resource could not be closed: ${String(error)}`);
      }
    }
    this.#created.clear();
    if (this.config.global.node.cleanupDeadNodesOnDestruction) this.#cleanupDeadNodes();
    if (this.#hasTags()) {
      // Something could not be removed. As a dead node it is found and finished by the next cleaner.
      log(
        "warn",
        this.origin,
        "not everything could be removed; the next node that cleans up does the rest.",
      );
      this.#token.abandon();
      return;
    }
    removeNodeFiles(this.os, this.config, this.id);
    this.#token.destroy();
  }

  #hasTags(): boolean {
    try {
      const { serviceHashes, portIds } = listTags(this.os, this.config, this.id);
      return serviceHashes.length > 0 || portIds.length > 0;
    } catch {
      return true;
    }
  }

  /** The dead are nobody's duty in particular, so that they fail must not keep the living from working. */
  #cleanupDeadNodes(): void {
    try {
      runSync(this.os, cleanupDeadNodes(this.os, this.config, 0));
    } catch (error) {
      log("warn", this.origin, `looking for dead nodes failed: ${error}`);
    }
  }
}

export function describeNode(name: string, id: bigint): string {
  return name === "" ? `node ${id.toString(16)}` : `node "${name}"`;
}

function removeNodeFiles(os: Os, config: Config, id: bigint): void {
  removeStaticStorage(os, fileNames.nodeDetails(config, id));
  try {
    os.rmdir(fileNames.nodeOwnDirectory(config, id));
  } catch (error) {
    if (isOsError(error, "ENOENT")) return;
    const directory = fileNames.nodeOwnDirectory(config, id);
    log("warn", describeNode("", id), `its directory "${directory}" stays behind: ${String(error)}`);
  }
}

function toCreationFailure(error: unknown, name: string, id: bigint | undefined): NodeCreationFailure {
  const origin = name === "" ? "a node" : `node "${name}"`;
  const cause = toStorageError(error, origin);
  const code = id === undefined ? "UnableToGenerateUniqueNodeId" : creationCode(cause);
  return new NodeCreationFailure(code, origin, `cannot create ${origin}: ${cause.message}`, { cause });
}

function creationCode(cause: StorageError): NodeCreationFailure["code"] {
  if (isStorageError(cause, "InsufficientPermissions")) return "InsufficientPermissions";
  return isStorageError(cause, "VersionMismatch", "Corrupted") ? "SystemCorrupted" : "InternalError";
}
