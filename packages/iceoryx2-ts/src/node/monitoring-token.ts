/**
 * How others know that a node is alive. Upstream: `monitoring::file_lock` with `ProcessGuard`.
 *
 * ```text
 *   <node>.node_monitor              locked by the owner as long as its process lives
 *   <node>.node_monitor_owner_lock   locked by whoever cleans up after it
 *   <node>.node_monitor_context      16 bytes, the id of the owner's process; mode 0200 until the token is complete
 * ```
 *
 * All locks are open-file-description locks: unlike POSIX locks they survive that somebody in this process opens and
 * closes the same file, and they keep two cleaners within one process apart. Peers see them all the same. The
 * descriptors close on exec, so no child keeps a lock.
 */
import { writeUniqueId } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { fileNames } from "../transport/names.ts";
import { makeDirectories } from "../transport/static-storage.ts";

const MODE_INITIALIZING = 0o200;
const MODE_READY = 0o600;
const MODE_CONTEXT_READY = 0o400;
const PROCESS_ID_SIZE = 16;

/** What a node's token says about it. */
export type MonitorState = "Alive" | "Dead" | "Starting" | "CleaningUp" | "DoesNotExist";

export class MonitoringToken {
  readonly #os: Os;
  readonly #config: Config;
  readonly #nodeId: bigint;
  /** Holds the lock; closing it is what makes the node dead. */
  readonly #state: number;

  private constructor(os: Os, config: Config, nodeId: bigint, state: number) {
    this.#os = os;
    this.#config = config;
    this.#nodeId = nodeId;
    this.#state = state;
  }

  /** @throws OsError; nothing is left behind then. */
  static create(os: Os, config: Config, nodeId: bigint, processId: bigint): MonitoringToken {
    makeDirectories(os, fileNames.nodeDirectory(config));
    const created: { readonly path: string; readonly fd: number }[] = [];
    const create = (path: string): number => {
      const fd = os.createExclusive(path, MODE_INITIALIZING);
      created.push({ path, fd });
      return fd;
    };
    try {
      const context = create(fileNames.nodeContext(config, nodeId));
      const state = create(fileNames.nodeMonitor(config, nodeId));
      const ownerLock = create(fileNames.nodeOwnerLock(config, nodeId));
      os.writeAll(context, encodeProcessId(processId));
      os.tryLock(state);
      os.fchmod(ownerLock, MODE_READY);
      os.fchmod(state, MODE_READY);
      os.fchmod(context, MODE_CONTEXT_READY);
      os.close(context);
      os.close(ownerLock);
      return new MonitoringToken(os, config, nodeId, state);
    } catch (error) {
      // Only what we made: files that were there are another node's.
      for (const { path, fd } of created) {
        unlinkIfThere(os, path);
        os.close(fd);
      }
      throw error;
    }
  }

  /** The node is dead for everybody from now on: somebody has to clean up after it. */
  abandon(): void {
    this.#os.close(this.#state);
  }

  /** The node vanishes for everybody. */
  destroy(): void {
    removeMonitoringToken(this.#os, this.#config, this.#nodeId);
    this.#os.close(this.#state);
  }
}

function encodeProcessId(processId: bigint): Uint8Array {
  const content = new Uint8Array(PROCESS_ID_SIZE);
  writeUniqueId(new DataView(content.buffer), 0, processId);
  return content;
}

/** Unlinks the three files of a token; what is missing is fine. */
export function removeMonitoringToken(os: Os, config: Config, nodeId: bigint): void {
  unlinkIfThere(os, fileNames.nodeMonitor(config, nodeId));
  unlinkIfThere(os, fileNames.nodeOwnerLock(config, nodeId));
  unlinkIfThere(os, fileNames.nodeContext(config, nodeId));
}

function unlinkIfThere(os: Os, path: string): void {
  try {
    os.unlink(path);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}

/**
 * The state of any node, our own included: its lock is held by another open file description than the one that is
 * opened here.
 *
 * @throws OsError `EACCES` for a node of another user, and others.
 */
export function monitorState(os: Os, config: Config, nodeId: bigint): MonitorState {
  try {
    if (isStarting(os, config, nodeId)) return "Starting";
  } catch (error) {
    if (isOsError(error, "ENOENT")) return "DoesNotExist";
    throw error;
  }
  try {
    if (isFileLocked(os, fileNames.nodeOwnerLock(config, nodeId))) return "CleaningUp";
    return isFileLocked(os, fileNames.nodeMonitor(config, nodeId)) ? "Alive" : "Dead";
  } catch (error) {
    // The token is being taken apart: by its owner, or by a cleaner that is nearly done.
    if (isOsError(error, "ENOENT")) return "CleaningUp";
    throw error;
  }
}

function isStarting(os: Os, config: Config, nodeId: bigint): boolean {
  return os.lstat(fileNames.nodeContext(config, nodeId)).mode === MODE_INITIALIZING;
}

function isFileLocked(os: Os, path: string): boolean {
  const fd = os.open(path, "writeOnly");
  try {
    return os.isLocked(fd);
  } finally {
    os.close(fd);
  }
}

/** What the names of the three files end in, after the suffix of monitors. */
export const TOKEN_FILES: readonly string[] = ["", "_owner_lock", "_context"];

/** Whether all three files are there and finished, whoever has them. */
export function isTokenWhole(os: Os, config: Config, nodeId: bigint): boolean {
  try {
    os.lstat(fileNames.nodeMonitor(config, nodeId));
    os.lstat(fileNames.nodeOwnerLock(config, nodeId));
    return !isStarting(os, config, nodeId);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return false;
    throw error;
  }
}

/** Whether somebody holds the owner's lock, even if the token is not whole. */
export function isTokenLocked(os: Os, config: Config, nodeId: bigint): boolean {
  try {
    return isFileLocked(os, fileNames.nodeMonitor(config, nodeId));
  } catch (error) {
    if (isOsError(error, "ENOENT")) return false;
    throw error;
  }
}

/** A cleaner's right to take a dead node apart; closing gives it up. */
export interface CleanerLock {
  /** The token is removed together with the lock. */
  removeToken(): void;
  /** Gives up the lock and leaves the node to the next cleaner. */
  close(): void;
}

/**
 * Becomes the cleaner of a dead node.
 *
 * @returns "Busy" if somebody else is cleaning it, "NotDead" if it lives or is gone already.
 * @throws OsError
 */
export function lockForCleanup(os: Os, config: Config, nodeId: bigint): CleanerLock | "Busy" | "NotDead" {
  let ownerLock: number;
  try {
    ownerLock = os.open(fileNames.nodeOwnerLock(config, nodeId), "writeOnly");
  } catch (error) {
    if (isOsError(error, "ENOENT")) return "NotDead";
    throw error;
  }
  let isLocked = false;
  try {
    if (!os.tryLock(ownerLock)) return "Busy";
    // No link: the last cleaner removed it between our open and our lock.
    isLocked =
      os.fstat(ownerLock).linkCount > 0 &&
      !isStarting(os, config, nodeId) &&
      !isFileLocked(os, fileNames.nodeMonitor(config, nodeId));
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  } finally {
    if (!isLocked) os.close(ownerLock);
  }
  if (!isLocked) return "NotDead";
  return {
    removeToken: () => removeMonitoringToken(os, config, nodeId),
    close: () => os.close(ownerLock),
  };
}
