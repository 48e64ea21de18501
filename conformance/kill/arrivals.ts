/**
 * What one subscriber's life receives, checked as it comes.
 *
 * A message is a run of words as in numbered-messages.ts. Its number is that of the publisher's life, and within that
 * life it counts from 0: nothing is torn, nothing comes twice or late, and where nothing may be lost there is no gap.
 *
 * One gap is no loss: a publisher that finds a subscriber before that has found the publisher fills its buffer and
 * then passes it by, for it may never look. So a gap may follow the message that fills the buffer for the first time.
 */
import { writeNumbered } from "../numbered-messages.ts";
import type { ServicePlan } from "./plan.ts";

const NUMBERS_PER_LIFE = 2 ** 32;

/** Writes message `index` of a life. */
export function writeMessage(words: BigUint64Array, life: number, index: number): void {
  writeNumbered(words, life * NUMBERS_PER_LIFE + index);
}

/** Which message these words are. @throws Error if they do not belong together. */
export function readMessage(words: BigUint64Array): { readonly life: number; readonly index: number } {
  const first = Number(words[0]);
  const expected = new BigUint64Array(words.length);
  writeNumbered(expected, first);
  if (!words.every((word, i) => word === expected[i])) {
    throw new Error(`torn: [${words.join(", ")}] should be [${expected.join(", ")}]`);
  }
  return { life: Math.floor(first / NUMBERS_PER_LIFE), index: first % NUMBERS_PER_LIFE };
}

interface Stream {
  count: number;
  last: number;
}

export class Arrivals {
  readonly #plan: ServicePlan;
  readonly #onNewStream: (life: number) => void;
  /** By the life of the publisher. */
  readonly #streams: Map<number, Stream> = new Map();

  constructor(plan: ServicePlan, onNewStream: (life: number) => void) {
    this.#plan = plan;
    this.#onNewStream = onNewStream;
  }

  /** The lives of which something came. */
  get lives(): number[] {
    return [...this.#streams.keys()];
  }

  /** @throws Error if the message should not be here. */
  add(words: BigUint64Array): void {
    const { life, index } = readMessage(words);
    const stream = this.#streams.get(life);
    if (stream === undefined) {
      this.#streams.set(life, { count: 1, last: index });
      this.#onNewStream(life);
      return;
    }
    const { last, count } = stream;
    if (index <= last) throw new Error(`twice or late: ${index} after ${last} of life ${life}`);
    if (index > last + 1 && !this.#mayLose(count)) {
      throw new Error(`lost: ${index} after ${last} of life ${life}, of which ${count} messages came`);
    }
    stream.count++;
    stream.last = index;
  }

  /** Whether everything came of what these lives have sent. */
  hasAll(sent: ReadonlyMap<number, number>): boolean {
    return [...sent].every(([life, count]) => this.#streams.get(life)!.last >= count - 1);
  }

  /** To be asked when nothing waits any more. @throws Error if something should have come of what was sent. */
  demandAll(sent: ReadonlyMap<number, number>): void {
    for (const [life, sends] of sent) {
      const { last, count } = this.#streams.get(life)!;
      if (last >= sends - 1 || (!this.#plan.enableSafeOverflow && this.#mayLose(count))) continue;
      throw new Error(`lost: life ${life} sent ${sends} messages, but the last that came was ${last}`);
    }
  }

  #mayLose(count: number): boolean {
    return this.#plan.enableSafeOverflow || count === this.#plan.subscriberMaxBufferSize;
  }
}
