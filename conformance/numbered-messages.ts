/**
 * Messages that prove themselves: runs of 64-bit words that all follow from the sequence number, word i is
 * (i + 1) * sequence modulo 2^64. A torn, mixed up or stale one does not fit. The peer makes and checks the same.
 */
import type { NumberedReport } from "./participant.ts";

/** Writes message `sequence` into all of `words`. */
export function writeNumbered(words: BigUint64Array, sequence: number): void {
  const factor = BigInt(sequence);
  for (let i = 0; i < words.length; i++) words[i] = BigInt(i + 1) * factor;
}

/** Counts what comes and what is wrong with it. */
export class NumberedCheck {
  #received = 0;
  #skipped = 0;
  #corrupt = 0;
  #disordered = 0;
  #expected = 0;

  /** The number after the last one that came. */
  get expected(): number {
    return this.#expected;
  }

  get report(): NumberedReport {
    return {
      received: this.#received,
      skipped: this.#skipped,
      corrupt: this.#corrupt,
      disordered: this.#disordered,
    };
  }

  add(words: BigUint64Array): void {
    const first = words[0]!;
    const sequence = Number(first);
    this.#received++;
    if (!words.every((word, i) => word === BigInt.asUintN(64, BigInt(i + 1) * first))) this.#corrupt++;
    if (sequence < this.#expected) this.#disordered++;
    else this.#skipped += sequence - this.#expected;
    this.#expected = sequence + 1;
  }
}
