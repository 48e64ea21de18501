/**
 * Learning of a peer's death while waiting for it, without anybody else's help, and cleaning up after it, which takes
 * the peer's ports out of the service.
 *
 * Whether a node lives is what the lock of its monitoring token says, and nobody is told when that is released. But
 * where the node's process can be seen, its end can be waited for, and then is the time to look. The process may be
 * out of sight in another container, or another one with the same id; and a node in a worker thread dies without its
 * process. So whoever waits also looks once a second.
 */
import { log } from "../base/log.ts";
import { pidOf } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import { monitorState } from "../node/monitoring-token.ts";
import type { Os, Watch } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { runAsync, runSync } from "../os/steps.ts";
import { cleanupDeadNodesAmong } from "./dead-nodes.ts";

const INTERVAL = 1000;
const INTERVAL_IN_NANOSECONDS = BigInt(INTERVAL) * 1_000_000n;

/** For those who block the thread: they have to ask. */
export class LivenessWatch {
  readonly #os: Os;
  readonly #config: Config;
  readonly #nodeId: bigint;
  #lastLook: bigint | undefined;

  constructor(os: Os, config: Config, nodeId: bigint) {
    this.#os = os;
    this.#config = config;
    this.#nodeId = nodeId;
  }

  /** @returns whether the node was found dead and everything of it is removed now. */
  cleanupIfDead(): boolean {
    const now = this.#os.monotonicTime();
    if (this.#lastLook !== undefined && now - this.#lastLook < INTERVAL_IN_NANOSECONDS) return false;
    this.#lastLook = now;
    const { cleanups } = runSync(this.#os, cleanupDeadNodesAmong(this.#os, this.#config, [this.#nodeId], 0));
    return cleanups > 0;
  }
}

/**
 * Calls `onDead` once, from the event loop, when the node is dead and was cleaned up, or is gone because it was closed
 * or somebody else cleaned up after it. Does not keep the process alive.
 *
 * @returns how to stop watching.
 */
export function watchLife(os: Os, config: Config, nodeId: bigint, onDead: () => void): () => void {
  const life = watchedLives.get(nodeId) ?? new WatchedLife(os, config, nodeId);
  // A function that is given twice is called twice.
  const callback = (): void => onDead();
  life.add(callback);
  return () => life.remove(callback);
}

/**
 * Whether a node is gone together with its process. One that was closed by a process that goes on did not die.
 */
export function hasDied(os: Os, config: Config, nodeId: bigint): boolean {
  return isDeadOrGone(os, config, nodeId) && !isProcessRunning(os, pidOf(nodeId));
}

function isDeadOrGone(os: Os, config: Config, nodeId: bigint): boolean {
  try {
    return !["Alive", "Starting"].includes(monitorState(os, config, nodeId));
  } catch (error) {
    // Nothing can be learnt of another user's node, and nothing was learnt this time of any other.
    if (isOsError(error)) return false;
    throw error;
  }
}

/** One that ended runs no more, although nobody may have waited for it yet. */
function isProcessRunning(os: Os, pid: number): boolean {
  if (pid === os.hostPid) return true;
  let fd: number | undefined;
  try {
    fd = os.openProcess(pid);
    return !os.waitReadable([fd], 0);
  } catch (error) {
    if (isOsError(error)) return false;
    throw error;
  } finally {
    if (fd !== undefined) os.close(fd);
  }
}

/** The nodes that are watched by this thread. Ids are unique on the machine. */
const watchedLives = new Map<bigint, WatchedLife>();
let nextLook: NodeJS.Timeout | undefined;

class WatchedLife {
  readonly #os: Os;
  readonly #config: Config;
  readonly #nodeId: bigint;
  readonly #callbacks: Set<() => void> = new Set();
  #process: { readonly fd: number; readonly watch: Watch } | undefined;

  constructor(os: Os, config: Config, nodeId: bigint) {
    this.#os = os;
    this.#config = config;
    this.#nodeId = nodeId;
    watchedLives.set(nodeId, this);
    nextLook ??= setInterval(lookAtAll, INTERVAL).unref();
    this.#process = this.#watchProcess();
    // It may have died before.
    this.look();
  }

  add(callback: () => void): void {
    this.#callbacks.add(callback);
  }

  remove(callback: () => void): void {
    this.#callbacks.delete(callback);
    if (this.#callbacks.size === 0) this.#stop();
  }

  look(): void {
    if (!isDeadOrGone(this.#os, this.#config, this.#nodeId)) return;
    // Whoever wants to watch the node from now on looks for himself.
    this.#stop();
    void this.#cleanup();
  }

  /** @returns undefined if the process cannot be seen or does not matter because it is this one. */
  #watchProcess(): { readonly fd: number; readonly watch: Watch } | undefined {
    const pid = pidOf(this.#nodeId);
    if (pid === this.#os.hostPid) return undefined;
    let fd: number | undefined;
    try {
      fd = this.#os.openProcess(pid);
      const watch = this.#os.watch(fd, () => {
        this.#forgetProcess();
        this.look();
      });
      watch.unref();
      return { fd, watch };
    } catch (error) {
      if (fd !== undefined) this.#os.close(fd);
      if (!isOsError(error)) throw error;
      return undefined;
    }
  }

  async #cleanup(): Promise<void> {
    const origin = `node ${this.#nodeId.toString(16)}`;
    try {
      // Somebody else may be cleaning up: then it is gone when he is done.
      const steps = cleanupDeadNodesAmong(this.#os, this.#config, [this.#nodeId], INTERVAL);
      await runAsync(this.#os, origin, steps, {});
    } catch (error) {
      log("warn", origin, `it is dead, but cleaning up after it failed: ${error}`);
    }
    // Not from here: one that throws must not keep the others from being called.
    for (const callback of this.#callbacks) queueMicrotask(() => this.#callbacks.has(callback) && callback());
  }

  #stop(): void {
    this.#forgetProcess();
    if (watchedLives.get(this.#nodeId) === this) watchedLives.delete(this.#nodeId);
    if (watchedLives.size > 0) return;
    clearInterval(nextLook);
    nextLook = undefined;
  }

  #forgetProcess(): void {
    if (this.#process === undefined) return;
    this.#process.watch.stop();
    this.#os.close(this.#process.fd);
    this.#process = undefined;
  }
}

function lookAtAll(): void {
  for (const life of [...watchedLives.values()]) life.look();
}
