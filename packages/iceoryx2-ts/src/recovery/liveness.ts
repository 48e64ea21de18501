/**
 * Learning of a peer's death while waiting for it, without anybody else's help.
 *
 * Nothing tells a process that another one died. So whoever waits for a peer looks whether its node is dead, at most
 * once a second, and cleans up after it if so, which takes the peer's ports out of the service.
 */
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import { runSync } from "../os/steps.ts";
import { cleanupDeadNodesAmong } from "./dead-nodes.ts";

const INTERVAL_IN_NANOSECONDS = 1_000_000_000n;

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
