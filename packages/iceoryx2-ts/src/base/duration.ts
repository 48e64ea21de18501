/**
 * Durations: milliseconds in the API, whole nanoseconds in everything that peers read.
 *
 * Both directions are exact for whole nanoseconds up to 99 days, so what was stored compares equal to what was
 * asked for.
 */

const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** 285 000 years: the longest duration, in milliseconds. Peers may store longer ones; they mean "forever". */
export const MAX_DURATION: number = Number.MAX_SAFE_INTEGER;

export interface SecondsAndNanoseconds {
  readonly seconds: bigint;
  /** Below 1 000 000 000. */
  readonly nanoseconds: bigint;
}

/** Whether `value` is a duration in milliseconds: a number from 0 to `MAX_DURATION`, fractions allowed. */
export function isDuration(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= MAX_DURATION;
}

/** Splits milliseconds, rounded to whole nanoseconds. */
export function splitDuration(milliseconds: number): SecondsAndNanoseconds {
  const whole = Math.trunc(milliseconds);
  // The difference of the two is exact, so the product is off by less than half a nanosecond.
  const rest = Math.round((milliseconds - whole) * NANOSECONDS_PER_MILLISECOND);
  const total = BigInt(whole) * BigInt(NANOSECONDS_PER_MILLISECOND) + BigInt(rest);
  return { seconds: total / NANOSECONDS_PER_SECOND, nanoseconds: total % NANOSECONDS_PER_SECOND };
}

/** The inverse of `splitDuration`, in milliseconds; durations beyond `MAX_DURATION` become that. */
export function joinDuration({ seconds, nanoseconds }: SecondsAndNanoseconds): number {
  const total = seconds * NANOSECONDS_PER_SECOND + nanoseconds;
  return Math.min(Number(total) / NANOSECONDS_PER_MILLISECOND, MAX_DURATION);
}
