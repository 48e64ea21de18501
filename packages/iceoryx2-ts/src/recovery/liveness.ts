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
import { type MonitorState, monitorState } from "../node/monitoring-token.ts";
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
 * @param onFound is called before, as soon as the node is found dead: then it was not closed.
 * @returns how to stop watching.
 */
export function watchLife(
  os: Os,
  config: Config,
  nodeId: bigint,
  onDead: () => void,
  onFound: () => void = () => {},
): () => void {
  const life = watchedLives.get(nodeId) ?? new WatchedLife(os, config, nodeId);
  const watcher = { onDead, onFound };
  life.add(watcher);
  return () => life.remove(watcher);
}

interface Watcher {
  readonly onDead: () => void;
  readonly onFound: () => void;
}

/** The nodes that are watched by this thread. Ids are unique on the machine. */
const watchedLives = new Map<bigint, WatchedLife>();
let nextLook: NodeJS.Timeout | undefined;

class WatchedLife {
  readonly #os: Os;
  readonly #config: Config;
  readonly #nodeId: bigint;
  readonly #watchers: Set<Watcher> = new Set();
  #process: { readonly fd: number; readonly watch: Watch } | undefined;

  constructor(os: Os, config: Config, nodeId: bigint) {
    this.#os = os;
    this.#config = config;
    this.#nodeId = nodeId;
    watchedLives.set(nodeId, this);
    nextLook ??= setInterval(lookAtAll, INTERVAL).unref();
    this.#process = this.#watchProcess();
    // It may have died before; who watches it shall be there to hear of it.
    queueMicrotask(() => this.look());
  }

  add(watcher: Watcher): void {
    this.#watchers.add(watcher);
  }

  remove(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#stop();
  }

  look(): void {
    if (watchedLives.get(this.#nodeId) !== this) return;
    const state = this.#state();
    if (state === "Alive" || state === "Starting") return;
    // Whoever wants to watch the node from now on looks for himself.
    this.#stop();
    if (state !== "DoesNotExist") for (const { onFound } of this.#watchers) onFound();
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

  #state(): MonitorState {
    try {
      return monitorState(this.#os, this.#config, this.#nodeId);
    } catch (error) {
      // Nothing can be learnt of another user's node, and nothing was learnt this time of any other.
      if (isOsError(error)) return "Alive";
      throw error;
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
    for (const watcher of this.#watchers) {
      queueMicrotask(() => this.#watchers.has(watcher) && watcher.onDead());
    }
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
