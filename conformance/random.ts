/** Random numbers that a seed repeats, so that a failure can be looked for again. */
export class Random {
  #state: number;

  /** @param seed its lower 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, but not including, 1: a Weyl sequence whose steps are scrambled ("mulberry32"). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let word = this.#state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from `min` to `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(candidates: readonly T[]): T {
    return candidates[this.integer(0, candidates.length - 1)]!;
  }

  /** A seed for somebody else. */
  seed(): number {
    return this.integer(0, 2 ** 32 - 1);
  }
}
