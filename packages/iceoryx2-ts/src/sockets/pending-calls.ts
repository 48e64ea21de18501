/** Calls that wait for something, the first come is the first served; each has a time limit and a signal. */
import { TimeoutError } from "../base/general-errors.ts";
import { demandTimeout } from "../base/timeout.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";

/** setTimeout takes 31 bits; who waits longer than that waits for ever. */
const TIMER_MAX = 2 ** 31 - 1;

export interface PendingCall<Value, Result> {
  readonly value: Value;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

export class PendingCalls<Value, Result> {
  readonly #calls: Set<PendingCall<Value, Result>> = new Set();
  readonly #origin: string;
  readonly #what: string;

  /** @param what nobody gets or does when the time is over, for messages: "nothing was sent". */
  constructor(origin: string, what: string) {
    this.#origin = origin;
    this.#what = what;
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** The one whose turn it is. */
  get first(): PendingCall<Value, Result> | undefined {
    return this.#calls.values().next().value;
  }

  /** All of them, in their order; they may be settled meanwhile. */
  all(): PendingCall<Value, Result>[] {
    return [...this.#calls];
  }

  /** Rejects with TimeoutError, and with the signal's reason when it is aborted. */
  add(value: Value, { timeout, signal }: WaitOptions): Promise<Result> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (timeout === 0) return Promise.reject(this.#timeoutError(timeout));
    return new Promise((resolve, reject) => {
      // What throws in here rejects.
      demandTimeout(this.#origin, timeout);
      let timer: NodeJS.Timeout | undefined;
      const end = (): void => {
        this.#calls.delete(call);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      const call: PendingCall<Value, Result> = {
        value,
        resolve: (result) => {
          end();
          resolve(result);
        },
        reject: (reason) => {
          end();
          reject(reason);
        },
      };
      const abort = (): void => call.reject(signal!.reason);
      signal?.addEventListener("abort", abort);
      if (timeout !== undefined && timeout < TIMER_MAX) {
        timer = setTimeout(() => call.reject(this.#timeoutError(timeout)), Math.ceil(timeout));
      }
      this.#calls.add(call);
    });
  }

  rejectAll(reason: unknown): void {
    for (const call of this.all()) call.reject(reason);
  }

  #timeoutError(timeout: number): TimeoutError {
    return new TimeoutError(this.#origin, `${this.#origin}: ${this.#what} within ${timeout} ms.`);
  }
}
