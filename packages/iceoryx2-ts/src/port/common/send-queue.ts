/** Sends that wait for room, one after the other: the first come is the first served. */
import { ClosedError, TimeoutError } from "../../base/general-errors.ts";
import type { WaitScope } from "../../lifecycle/wait-scope.ts";
import { ENDED, TIMED_OUT, type WaitOptions, waitFor } from "../../lifecycle/waiting.ts";

/** A sender may not be told that a receiver has room again; it looks, after at most so many milliseconds. */
const LONGEST_PAUSE = 50;

interface Place {
  wake: (() => void) | undefined;
}

export class SendQueue {
  readonly #scope: WaitScope;
  readonly #origin: string;
  readonly #places: Set<Place> = new Set();

  constructor(scope: WaitScope, origin: string) {
    this.#scope = scope;
    this.#origin = origin;
  }

  /**
   * Calls `attempt` when its turn has come, until it returns something.
   *
   * @throws TimeoutError, ClosedError, the signal's reason, and what `attempt` throws.
   */
  async send<T>(attempt: () => T | undefined, options: WaitOptions): Promise<T> {
    const place: Place = { wake: undefined };
    this.#places.add(place);
    try {
      const rest = this.#isFirst(place) ? options : await this.#waitForTurn(place, options);
      const room = { look: attempt, subscribe: subscribeTo(place), lookAgainAfter: LONGEST_PAUSE };
      return this.#unwrap(await waitFor(this.#scope, room, rest), options);
    } finally {
      this.#places.delete(place);
      this.wake();
    }
  }

  get isEmpty(): boolean {
    return this.#places.size === 0;
  }

  /** There may be room again. */
  wake(): void {
    this.#first()?.wake?.();
  }

  /** Calls back when the object closes whose sends these are. @returns how to take it back. */
  onClose(callback: () => void): () => void {
    return this.#scope.onClose(callback);
  }

  /** @returns the options with what is left of the time. */
  async #waitForTurn(place: Place, options: WaitOptions): Promise<WaitOptions> {
    const { os } = this.#scope;
    const start = os.monotonicTime();
    const turn = {
      look: () => (this.#isFirst(place) ? true : undefined),
      subscribe: subscribeTo(place),
    };
    this.#unwrap(await waitFor(this.#scope, turn, options), options);
    if (options.timeout === undefined) return options;
    const elapsed = Number(os.monotonicTime() - start) / 1e6;
    return { ...options, timeout: Math.max(options.timeout - elapsed, 0) };
  }

  #unwrap<T>(result: T | typeof TIMED_OUT | typeof ENDED, { timeout }: WaitOptions): T {
    if (result === TIMED_OUT) {
      throw new TimeoutError(
        this.#origin,
        `cannot send from ${this.#origin}: no room within ${timeout} ms. Nobody got the message; try again, or wait longer.`,
      );
    }
    if (result === ENDED)
      throw new ClosedError(this.#origin, `${this.#origin} was closed before it could send.`);
    return result as T;
  }

  #isFirst(place: Place): boolean {
    return this.#first() === place;
  }

  #first(): Place | undefined {
    return this.#places.values().next().value;
  }
}

function subscribeTo(place: Place): (wake: () => void) => () => void {
  return (wake) => {
    place.wake = wake;
    return () => {
      place.wake = undefined;
    };
  };
}
