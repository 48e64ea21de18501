/** What a listener was notified of and nobody has taken yet. */

/** An event that was notified since it was taken last. */
export interface EventActivation {
  readonly id: number;
  /** How often. */
  readonly count: number;
}

/** Keeps activations in ascending order of their ids, each id once. */
export class ActivationQueue {
  #waiting: EventActivation[] = [];
  #fresh: EventActivation[] = [];

  /** Adds what a channel reports, in ascending order. What it reported stays when it throws. */
  fill(drain: (report: (id: number, count: number) => void) => void): void {
    try {
      drain((id, count) => this.#fresh.push({ id, count }));
    } finally {
      this.#waiting = this.#waiting.length === 0 ? this.#fresh : merge(this.#waiting, this.#fresh);
      this.#fresh = [];
    }
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  takeAll(): EventActivation[] {
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  /** Takes the one with the lowest id. */
  takeOne(): EventActivation | undefined {
    return this.#waiting.shift();
  }
}

function merge(a: readonly EventActivation[], b: readonly EventActivation[]): EventActivation[] {
  const counts = new Map<number, number>();
  for (const { id, count } of [...a, ...b]) counts.set(id, (counts.get(id) ?? 0) + count);
  const sorted = [...counts].sort(([x], [y]) => x - y);
  return sorted.map(([id, count]) => ({ id, count }));
}
