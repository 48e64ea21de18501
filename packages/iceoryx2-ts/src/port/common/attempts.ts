/** A message that is tried again while it waits for room: what the back-pressure handler said of the full receivers. */
import type { BackpressureAction } from "./handlers.ts";
import type { SenderConnection } from "./sender-connection.ts";

export interface FullReceiver {
  /** How often it was asked about before. */
  retries: number;
  /** When it was asked about first. */
  readonly since: bigint;
  /** What it was answered last; undefined as long as it was not. */
  answer: BackpressureAction | undefined;
}

export class Attempts {
  #full: Map<SenderConnection, FullReceiver> | undefined;

  /** What is known of a receiver that is full now. */
  on(receiver: SenderConnection, now: bigint): FullReceiver {
    const known = this.#full?.get(receiver);
    if (known !== undefined) return known;
    const first = { retries: 0, since: now, answer: undefined };
    this.#full ??= new Map();
    this.#full.set(receiver, first);
    return first;
  }
}
