/** Waiting without blocking the event loop: the one way in which everything asynchronous here waits. */
import { demandTimeout } from "../base/timeout.ts";
import type { Os } from "../os/os.ts";
import { endAtTermination, noteShortWait, terminationRequested } from "./termination.ts";
import type { WaitScope } from "./wait-scope.ts";

export interface WaitOptions {
  /** In milliseconds, fractions round up; without it there is no limit. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The time passed without what was waited for. */
export const TIMED_OUT: unique symbol = Symbol("timed out");
/** The object that waits was closed meanwhile, or SIGINT or SIGTERM came. */
export const ENDED: unique symbol = Symbol("ended");

/** Something that can be waited for. */
export interface Awaited<T> {
  /** Takes what is waited for, or returns undefined if it is not there yet. What it throws ends the wait. */
  look(): T | undefined;
  /** Calls `wake` whenever looking again may be worth it, until the returned function is called. */
  readonly subscribe?: ((wake: () => void) => () => void) | undefined;
  /**
   * The longest pause after which to look again unasked, in milliseconds: first at every turn of the event loop, for
   * a millisecond, then after pauses that grow from 1 ms up to this.
   */
  readonly lookAgainAfter?: number | undefined;
}

/** setTimeout takes 31 bits; longer times are made of several timers. */
const TIMER_MAX = 2 ** 31 - 1;
const FIRST_PAUSE = 1;
/** How long a loop that never has to wait may keep the event loop from everybody else, in nanoseconds. */
const EVENT_LOOP_SHARE = 4_000_000n;
/** How long to look at every turn of the event loop, in nanoseconds: who is fast needs no more. */
const EAGERNESS = 1_000_000n;

/**
 * Waits until `awaited.look` finds something.
 *
 * What is there already is returned at once, but for a turn of the event loop every few milliseconds.
 *
 * @throws the signal's reason when it is aborted, InvalidArgumentError; nothing was taken then.
 */
export async function waitFor<T>(
  scope: WaitScope,
  awaited: Awaited<T>,
  { timeout, signal }: WaitOptions = {},
): Promise<T | typeof TIMED_OUT | typeof ENDED> {
  demandTimeout(scope.origin, timeout);
  if (isOverdue(scope.os)) await new Promise<void>((resolve) => setImmediate(resolve));
  if (signal?.aborted) throw signal.reason;
  if (scope.isClosed || (scope.signalMode !== "ignore" && terminationRequested())) return ENDED;
  if (timeout !== 0) noteShortWait(scope.signalMode);
  const found = awaited.look();
  if (found !== undefined) return found;
  if (timeout === 0) return TIMED_OUT;
  return new Promise((resolve, reject) => new Wait(scope, awaited, timeout, signal, resolve, reject));
}

let turnBegan: bigint | undefined;

/** Whether this turn of the event loop has been used for waits that never had to wait for too long. */
function isOverdue(os: Os): boolean {
  const now = os.monotonicTime();
  if (turnBegan !== undefined) return now - turnBegan > EVENT_LOOP_SHARE;
  turnBegan = now;
  setImmediate(() => {
    turnBegan = undefined;
  });
  return false;
}

/** A wait that really has to wait. */
class Wait<T> {
  readonly #scope: WaitScope;
  readonly #awaited: Awaited<T>;
  readonly #resolve: (result: T | typeof TIMED_OUT | typeof ENDED) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #undo: (() => void)[] = [];
  #isOver = false;
  #deadline: NodeJS.Timeout | undefined;
  #nextLook: NodeJS.Timeout | undefined;
  #nextTurn: NodeJS.Immediate | undefined;
  #eagerUntil: bigint;
  #pause = FIRST_PAUSE;

  constructor(
    scope: WaitScope,
    awaited: Awaited<T>,
    timeout: number | undefined,
    signal: AbortSignal | undefined,
    resolve: (result: T | typeof TIMED_OUT | typeof ENDED) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#scope = scope;
    this.#awaited = awaited;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#eagerUntil = scope.os.monotonicTime() + EAGERNESS;
    const end = (): void => this.#finish(() => resolve(ENDED));
    this.#undo.push(endAtTermination(scope.signalMode, end), scope.onClose(end));
    this.#undo.push(scope.onRefChange(() => this.#applyRef()));
    if (signal !== undefined) {
      const abort = (): void => this.#finish(() => reject(signal.reason));
      signal.addEventListener("abort", abort, { once: true });
      this.#undo.push(() => signal.removeEventListener("abort", abort));
    }
    if (timeout !== undefined) this.#startDeadline(timeout);
    if (awaited.lookAgainAfter !== undefined) this.#lookAgainLater(awaited.lookAgainAfter);
    this.#subscribe();
  }

  #subscribe(): void {
    const { subscribe } = this.#awaited;
    if (subscribe === undefined) return;
    try {
      const stop = subscribe(() => this.#wake());
      if (this.#isOver) stop();
      else this.#undo.push(stop);
    } catch (error) {
      this.#finish(() => this.#reject(error));
    }
  }

  #wake(): void {
    this.#pause = FIRST_PAUSE;
    this.#eagerUntil = this.#scope.os.monotonicTime() + EAGERNESS;
    this.#look();
  }

  #look(): void {
    if (this.#isOver) return;
    try {
      const found = this.#awaited.look();
      if (found !== undefined) this.#finish(() => this.#resolve(found));
    } catch (error) {
      this.#finish(() => this.#reject(error));
    }
  }

  #startDeadline(rest: number): void {
    const next = (): void =>
      rest > TIMER_MAX ? this.#startDeadline(rest - TIMER_MAX) : this.#finish(() => this.#resolve(TIMED_OUT));
    this.#deadline = setTimeout(next, Math.min(Math.ceil(rest), TIMER_MAX));
    this.#applyRef();
  }

  #lookAgainLater(longest: number): void {
    if (this.#scope.os.monotonicTime() < this.#eagerUntil) {
      this.#nextTurn = setImmediate(() => this.#lookAgain(longest));
    } else {
      this.#nextLook = setTimeout(() => this.#lookAgain(longest), Math.min(this.#pause, longest));
      this.#pause = Math.min(2 * this.#pause, longest);
    }
    this.#applyRef();
  }

  #lookAgain(longest: number): void {
    this.#look();
    if (!this.#isOver) this.#lookAgainLater(longest);
  }

  #applyRef(): void {
    for (const timer of [this.#deadline, this.#nextLook, this.#nextTurn]) {
      if (this.#scope.isRef) timer?.ref();
      else timer?.unref();
    }
  }

  #finish(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#nextLook);
    clearImmediate(this.#nextTurn);
    for (const undo of this.#undo) undo();
    settle();
  }
}

/**
 * Lets time pass; fractions of milliseconds are rounded up.
 *
 * @returns true when the time passed; false when the scope closed or SIGINT or SIGTERM came.
 * @throws the signal's reason when it is aborted.
 */
export async function pauseFor(
  scope: WaitScope,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // A pause of 0 lets the event loop turn as well.
  const timeout = Math.max(milliseconds, Number.MIN_VALUE);
  return (await waitFor(scope, { look: () => undefined }, { timeout, signal })) === TIMED_OUT;
}
