/** Wakes whoever waits for one of the ports that a sender sends to when the process of such a port dies. */
import type { Sender } from "../common/sender.ts";
import type { SenderConnection } from "../common/sender-connection.ts";

/** How many deaths are remembered. */
const DEATHS_MAX = 100;

export class PeerDeaths {
  readonly #sender: Sender;
  readonly #wakes: Set<() => void> = new Set();
  /** Those whose lives are watched: as long as they stay, so that who waits again and again need not begin anew. */
  #watched: readonly SenderConnection[] = [];
  #stop: () => void = () => {};
  /** Nodes. */
  readonly #dead: Set<bigint> = new Set();

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** Whether a node was found dead while somebody waited here. */
  hasSeenDeathOf(nodeId: bigint): boolean {
    return this.#dead.has(nodeId);
  }

  /** Calls `wake` when one of those who are connected now died and was cleaned up. @returns how to stop. */
  subscribe(wake: () => void): () => void {
    this.#wakes.add(wake);
    this.#watchConnected();
    return () => this.#wakes.delete(wake);
  }

  close(): void {
    this.#stop();
    this.#stop = () => {};
    this.#watched = [];
  }

  #watchConnected(): void {
    const { connections } = this.#sender;
    if (connections === this.#watched) return;
    const stop = this.#stop;
    // The new watches come first, so that those who stay need not be looked for again.
    this.#stop = this.#sender.watchReceivers(
      () => this.#wakeAll(),
      (nodeId) => this.#remember(nodeId),
    );
    this.#watched = connections;
    stop();
  }

  /** For long enough that whoever waited for it can ask. */
  #remember(nodeId: bigint): void {
    this.#dead.add(nodeId);
    const [oldest] = this.#dead;
    if (this.#dead.size > DEATHS_MAX) this.#dead.delete(oldest!);
  }

  #wakeAll(): void {
    for (const wake of [...this.#wakes]) wake();
  }
}
