/** A node of this process that can die alone: to everybody else it is as if its process had been killed. */
import type { Config } from "../config/config.ts";
import { NodeState } from "../lifecycle/node-state.ts";
import { hostOs } from "../os/host.ts";
import { interceptOs } from "../testing/os.test-support.ts";

/** Switches off that dead nodes are cleaned up by the way. */
export const ON_DEMAND = {
  global: {
    creationTimeout: 20,
    service: { cleanupDeadNodesOnOpen: false },
    node: { cleanupDeadNodesOnCreation: false, cleanupDeadNodesOnDestruction: false },
  },
} as const;

export class MortalNode {
  readonly state: NodeState;
  /** The descriptors that hold a lock; closing them is what a dying process does. */
  readonly #locks: number[] = [];

  constructor(config: Config) {
    const os = interceptOs((call, args, proceed) => {
      const result = proceed();
      if (call === "tryLock" && result === true) this.#locks.push(args[0] as number);
      return result;
    });
    this.state = NodeState.create(os, config, "mortal");
  }

  die(): void {
    for (const fd of this.#locks.splice(0)) hostOs().close(fd);
  }
}
