/**
 * Listeners that are reported again and again and from which nobody takes anything.
 *
 * What is not taken is still there, so a wait set reports it at once in the next round: a processor would be busy with
 * nothing, and the user might never learn why. So it is told once, and the reports become rare.
 */

/** After so many reports in a row that nobody followed. */
const REPORTS_MAX = 100;
/** How long such a listener is left alone after each further report, in nanoseconds. */
const PAUSE = 10_000_000;

/** What tells that somebody takes something. */
export interface Attended {
  /** How often somebody looked what there is to take. */
  readonly looks: number;
}

export class Neglect {
  readonly #attended: Attended;
  #looks: number;
  #reports = 0;
  #isKnown = false;
  /** It is left alone until then. */
  resumesAt: number | undefined;

  constructor(attended: Attended) {
    this.#attended = attended;
    this.#looks = attended.looks;
  }

  /** Notes that it is reported. @returns "Pause" to leave it alone until `resumesAt`, "Warn" the first time. */
  note(now: number): "Warn" | "Pause" | undefined {
    if (this.#attended.looks !== this.#looks) {
      this.#looks = this.#attended.looks;
      this.#reports = 0;
    }
    this.#reports++;
    if (this.#reports <= REPORTS_MAX) return undefined;
    this.resumesAt = now + PAUSE;
    const isNew = !this.#isKnown;
    this.#isKnown = true;
    return isNew ? "Warn" : "Pause";
  }
}
