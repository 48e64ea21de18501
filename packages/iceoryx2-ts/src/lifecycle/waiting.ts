/** Waiting for time to pass, without blocking the event loop. */
import { endAtTermination, type SignalMode, terminationRequested } from "./termination.ts";

export interface WaitOptions {
  /** In milliseconds. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a pause depends on beside the time. */
export interface PauseContext {
  readonly isClosed: boolean;
  /** Calls back when the node closes. @returns how to take it back. */
  onClose(callback: () => void): () => void;
  readonly signalMode: SignalMode;
}

/** setTimeout takes 31 bits; longer pauses are made of several timers. */
const TIMER_MAX = 2 ** 31 - 1;

/**
 * Waits for `milliseconds`; fractions are rounded up.
 *
 * @returns true when the time passed; false when the node closed or SIGINT or SIGTERM came.
 * @throws the signal's reason when it is aborted.
 */
export function pauseFor(
  context: PauseContext,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (context.isClosed || (context.signalMode !== "ignore" && terminationRequested()))
      return resolve(false);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      stopTermination();
      stopClose();
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    const onAbort = (): void => finish(() => reject(signal!.reason));
    let timer: NodeJS.Timeout;
    const startTimer = (rest: number): void => {
      const next = (): void =>
        rest > TIMER_MAX ? startTimer(rest - TIMER_MAX) : finish(() => resolve(true));
      timer = setTimeout(next, Math.min(Math.ceil(rest), TIMER_MAX));
    };
    startTimer(milliseconds);
    const stopTermination = endAtTermination(context.signalMode, () => finish(() => resolve(false)));
    const stopClose = context.onClose(() => finish(() => resolve(false)));
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
