/**
 * Algorithms that run synchronously but for pauses, in which another process has to finish something.
 *
 * They are generators that yield the milliseconds to pause, so that the same code runs blocking and unblocking.
 */
import { setTimeout as pause } from "node:timers/promises";
import { TimeoutError } from "../base/general-errors.ts";
import { demandTimeout } from "../base/timeout.ts";
import type { Os } from "./os.ts";

/** Yields pauses in milliseconds, returns the result. */
export type Steps<T> = Generator<number, T, void>;

export interface RunOptions {
  /** In milliseconds; without it the configuration's creation timeout decides. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function runSync<T>(os: Os, steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    os.sleep(value);
  }
}

/**
 * @throws TimeoutError, InvalidArgumentError, or the signal's reason; the steps get the chance to undo what they did.
 */
export async function runAsync<T>(
  os: Os,
  origin: string,
  steps: Steps<T>,
  { timeout, signal }: RunOptions,
): Promise<T> {
  demandTimeout(origin, timeout);
  const start = os.monotonicTime();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = steps.next();
      if (done) return value;
      if (timeout !== undefined && Number(os.monotonicTime() - start) / 1e6 >= timeout) {
        throw new TimeoutError(origin, `${origin} was not ready within ${timeout} ms.`);
      }
      await pause(value, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  } finally {
    steps.return(undefined as never);
  }
}
