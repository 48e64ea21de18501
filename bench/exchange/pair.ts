/** Two processes that exchange messages. */
import type { TestDomain } from "iceoryx2-ts/testing";
import { median } from "../statistics.ts";
import { type CommandLine, SideProcess } from "./process.ts";
import type { OpenCommand } from "./protocol.ts";

/** What is measured: one pattern at one size. */
export interface Case {
  readonly pattern: Exclude<OpenCommand["pattern"], "floor">;
  readonly size: number;
  readonly touched: boolean;
}

export interface PairKind {
  readonly name: string;
  readonly a: CommandLine;
  readonly b: CommandLine;
  /** Bare memory instead of services. */
  readonly isFloor?: true;
}

/** How long a measurement takes at least, in nanoseconds, and one of its batches. */
export interface Durations {
  readonly run: number;
  readonly batch: number;
}

/** Messages of up to this size may wait in numbers; of larger ones fewer may, for the sake of memory. */
const SMALL = 64 * 1024;
const MANY = 64;
const FEW = 8;
/** How many messages tell how long one takes. */
const TRIAL = 200;

export class Pair {
  readonly name: string;
  readonly pinned: boolean;
  readonly #a: SideProcess;
  readonly #b: SideProcess;
  readonly #isFloor: boolean;
  #opened = 0;

  constructor({ name, a, b, isFloor }: PairKind, { prefix, rootPath }: TestDomain) {
    this.name = name;
    this.#isFloor = isFloor ?? false;
    this.#a = new SideProcess(a, { role: "a", prefix, rootPath });
    this.#b = new SideProcess(b, { role: "b", prefix, rootPath });
    this.pinned = this.#a.pin(0) && this.#b.pin(1);
  }

  /** Whether there is such a case for this pair. */
  has({ pattern }: Case): boolean {
    return !this.#isFloor || pattern === "pingPong";
  }

  /** @returns nanoseconds per round trip or message: the median of the batches. */
  async measure({ pattern, size, touched }: Case, durations: Durations): Promise<number> {
    const open: OpenCommand = {
      kind: "open",
      pattern: this.#isFloor ? "floor" : pattern,
      name: `${this.name}-${this.#opened++}`,
      size,
      buffer: pattern === "pingPong" ? 1 : size <= SMALL ? MANY : FEW,
    };
    await this.#a.execute(open);
    await this.#b.execute(open);
    // First touches of pages and compiling of code are not what is measured.
    const first = await this.#run(pattern, 1, TRIAL, touched);
    const price = await this.#run(pattern, 1, Math.ceil(durations.run / 4 / first), touched);
    const messages = Math.ceil(durations.run / price);
    // A stream has pauses, which count: it is measured as a whole.
    const batches = pattern === "stream" ? 1 : Math.min(messages, Math.ceil(durations.run / durations.batch));
    const result = await this.#run(pattern, batches, Math.ceil(messages / batches), touched);
    await this.#a.execute({ kind: "close" });
    await this.#b.execute({ kind: "close" });
    return result;
  }

  async end(): Promise<void> {
    await Promise.all([this.#a.end(), this.#b.end()]);
  }

  /** Of a stream the receiver knows what it brought. */
  async #run(pattern: Case["pattern"], batches: number, count: number, touched: boolean): Promise<number> {
    const command = { kind: "run", batches, count, touched } as const;
    const [ofA, ofB] = await Promise.all([this.#a.execute(command), this.#b.execute(command)]);
    return median(pattern === "stream" ? ofB : ofA);
  }
}
