/** The blocking twin of the send queue. */
import { TimeoutError } from "../../base/general-errors.ts";
import { demandTimeout } from "../../base/timeout.ts";
import type { Os } from "../../os/os.ts";

/** How often to let others run before sleeping, as upstream's adaptive wait does. */
const YIELDS = 1000;
const SHORTEST_SLEEP = 0.1;
const LONGEST_SLEEP = 10;

/**
 * Calls `attempt` until it returns something, and blocks the thread meanwhile.
 *
 * @param timeout in milliseconds.
 * @throws TimeoutError, InvalidArgumentError, and what `attempt` throws.
 */
export function sendBlocking<T>(os: Os, origin: string, timeout: number, attempt: () => T | undefined): T {
  demandTimeout(origin, timeout);
  // Most messages find room at once: the clock is not asked for them.
  let start: bigint | undefined;
  for (let yields = 0, sleep = SHORTEST_SLEEP; ; ) {
    const result = attempt();
    if (result !== undefined) return result;
    const now = os.monotonicTime();
    start ??= now;
    const rest = timeout - Number(now - start) / 1e6;
    if (rest <= 0) {
      throw new TimeoutError(
        origin,
        `cannot send from ${origin}: no room within ${timeout} ms. Nobody got the message; try again, or wait longer.`,
      );
    }
    if (yields < YIELDS) {
      yields++;
      os.yieldProcessor();
    } else {
      os.sleep(Math.min(sleep, rest));
      sleep = Math.min(2 * sleep, LONGEST_SLEEP);
    }
  }
}
