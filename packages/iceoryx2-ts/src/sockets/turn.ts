/** Whether calls that never have to wait have kept the event loop from everybody else for too long. */

import { hostOs } from "../os/host.ts";

/** In nanoseconds. */
const SHARE = 4_000_000n;
/** How many calls go by between two looks at the clock. */
const CALLS = 16;

let calls = 0;
let turnBegan: bigint | undefined;

/** To be asked by every call that could end at once; those that may not wait for the next turn. */
export function isTurnOverdue(): boolean {
  if (++calls % CALLS !== 0) return false;
  const now = hostOs().monotonicTime();
  if (turnBegan !== undefined) return now - turnBegan > SHARE;
  turnBegan = now;
  setImmediate(() => {
    turnBegan = undefined;
  });
  return false;
}
