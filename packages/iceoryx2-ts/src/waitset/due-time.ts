/** When an interval or a deadline is due: each time another period has passed since it began. */

/** All times are in nanoseconds of one clock that never goes back. */
export class DueTime {
  readonly #period: number;
  #start: number;
  /** How many periods had passed when it was reported last. */
  #reported = 0;

  /** @param period 0: always due; Infinity: never. */
  constructor(period: number, now: number) {
    this.#period = period;
    this.#start = now;
  }

  /** Several periods that passed since the last report count once. */
  isDue(now: number): boolean {
    return this.#period === 0 || this.#periodsUntil(now) > this.#reported;
  }

  /** It was due and somebody knows: it is due again when the next period has passed. The phase stays. */
  report(now: number): void {
    this.#reported = this.#period === 0 ? 0 : this.#periodsUntil(now);
  }

  /** A new period begins now. */
  restart(now: number): void {
    this.#start = now;
    this.#reported = 0;
  }

  /** How long it takes until it is due; 0 if it is. */
  timeLeft(now: number): number {
    if (this.isDue(now)) return 0;
    return this.#start + (this.#reported + 1) * this.#period - now;
  }

  #periodsUntil(now: number): number {
    return Math.floor((now - this.#start) / this.#period);
  }
}
