/** Threads that do the same thing at the same time, each with a node of its own. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Config } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import type { Routine } from "./race-worker.ts";

export interface RaceOptions {
  readonly threads: number;
  readonly rounds: number;
}

/** What a thread is told. */
export interface RaceOrder extends RaceOptions {
  readonly config: Config;
  readonly routine: Routine;
  /** Which of the threads it is. */
  readonly index: number;
  /** The memory of the barrier at which all threads meet, and of a number that they count up. */
  readonly barrier: SharedArrayBuffer;
}

/** Runs a routine in many threads. @returns what it returned in each. @throws what it threw in any. */
export async function race(
  { config }: TestDomain,
  routine: Routine,
  options: RaceOptions,
): Promise<readonly number[]> {
  const barrier = new SharedArrayBuffer(12);
  const workers = Array.from({ length: options.threads }, (_, index) => {
    const workerData = { ...options, config, routine, index, barrier } satisfies RaceOrder;
    return new Worker(new URL("race-worker.js", import.meta.url), { workerData });
  });
  try {
    const messages = await Promise.all(workers.map((worker) => once(worker, "message")));
    return messages.map(([result]) => result as number);
  } finally {
    // After a failure of one the others may wait for it for ever.
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
