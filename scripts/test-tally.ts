/** Counts tests, the same way with every release of Node, and collects why some were skipped. */

/** What the tally needs to know of the events `test:pass` and `test:fail`. */
export interface TestEvent {
  readonly details: { readonly type?: string | undefined };
  readonly skip?: string | boolean | undefined;
}

export class Tally {
  #passed = 0;
  #failed = 0;
  readonly #skipped = new Map<string, number>();

  /** Tests that failed, and files that could not be run. */
  get failed(): number {
    return this.#failed;
  }

  /** Counts the end of a test. A suite only counts where it is skipped, because then its tests are not reported. */
  add({ details, skip }: TestEvent, passed: boolean): void {
    if (skip !== undefined && skip !== false) {
      const reason = typeof skip === "string" ? skip : "no reason given";
      this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + 1);
    } else if (!passed && details.type !== "suite") {
      this.#failed += 1;
    } else if (details.type !== "suite") {
      this.#passed += 1;
    }
  }

  /** A line per reason to skip, then the counts as the last line. */
  summary(): string {
    const skipped = [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
    const reasons = [...this.#skipped].map(([reason, count]) => `skipped ${count}: ${reason}\n`).join("");
    const counts = `${this.#passed} passed, ${this.#failed} failed`;
    return `${reasons}${counts}${skipped === 0 ? "" : `, ${skipped} skipped`}`;
  }
}
