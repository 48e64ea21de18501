/**
 * The slow second look at what is waited for: once a second, for all that wait in a thread, by one timer.
 *
 * A notifier that dies between two steps can leave a channel in which a bell seems to ring and none does; nobody
 * would ever ring it again (see transport/event-channel.ts). Whoever waits for its descriptor alone sleeps for ever.
 */

/** What waits. */
export interface Rearmed {
  /** Whether the channel is as a sleeping one should be. */
  readonly isIdle: boolean;
  wake(): void;
}

const INTERVAL = 1000;

const waiting = new Set<Rearmed>();
let timer: NodeJS.Timeout | undefined;

/** @returns what ends it. */
export function rearm(rearmed: Rearmed): () => void {
  waiting.add(rearmed);
  if (timer === undefined) startTimer();
  // Who waits again and again shall not pay for a timer each time, so it outlives the last one.
  return () => waiting.delete(rearmed);
}

function startTimer(): void {
  timer = setTimeout(lookAgain, INTERVAL);
  timer.unref();
}

function lookAgain(): void {
  timer = undefined;
  for (const rearmed of [...waiting]) {
    if (!rearmed.isIdle) rearmed.wake();
  }
  if (waiting.size > 0 && timer === undefined) startTimer();
}
