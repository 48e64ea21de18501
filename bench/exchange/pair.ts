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

/** Messages of up to this size may wait in numbers; of larger ones fewer may, for the sake of memory. */
const SMALL = 64 * 1024;
const MANY = 64;
const FEW = 8;

/**
 * How long a batch takes at least, in nanoseconds. The median of short batches is not about those in which one side had
 * to wait for its processor.
 */
const BATCH = { pingPong: 100_000, stream: 1_000_000, call: 100_000, callAmongEight: 100_000 };
/** The first batch of a run is also about how late the other side begins. */
const BATCHES_MIN = 9;

/** How long a case runs before it is measured, in nanoseconds: its pages have to be touched. */
const WARM_UP = 50e6;

function batchesFor(duration: number, batch: number): number {
  return Math.max(BATCHES_MIN, Math.ceil(duration / batch));
}

export class Pair {
  readonly name: string;
  readonly #isFloor: boolean;
  readonly #a: SideProcess;
  readonly #b: SideProcess;
  #opened = 0;
  #batches = 0;
  #count = 0;

  constructor({ name, a, b, isFloor }: PairKind, { prefix, rootPath }: TestDomain) {
    this.name = name;
    this.#isFloor = isFloor ?? false;
    this.#a = new SideProcess(a, { role: "a", prefix, rootPath });
    this.#b = new SideProcess(b, { role: "b", prefix, rootPath });
  }

  /** Call it first, while no other process spins. */
  async rehearse(): Promise<void> {
    for (const side of [this.#a, this.#b]) await side.execute({ kind: "rehearse" });
  }

  /** Keeps each side on a processor of its own. @returns whether that worked. */
  pin(): boolean {
    return this.#a.pin(0) && this.#b.pin(1);
  }

  /** Whether there is such a case for this pair. */
  has({ pattern }: Case): boolean {
    return !this.#isFloor || pattern !== "stream";
  }

  /** Opens the ports of a case. @param slice how long one measurement takes, in nanoseconds. */
  async open(measured: Case, slice: number): Promise<void> {
    const { pattern, size } = measured;
    const open: OpenCommand = {
      kind: "open",
      pattern: this.#isFloor ? "floor" : pattern,
      name: `${this.name}-${this.#opened++}`,
      size,
      buffer: pattern !== "stream" ? 1 : size <= SMALL ? MANY : FEW,
    };
    await this.#a.execute(open);
    await this.#b.execute(open);
    // Messages come in bursts: a batch has many of these.
    const burst = pattern === "stream" ? 4 * open.buffer : 1;
    const trial = await this.#run(measured, BATCHES_MIN, burst);
    const price = await this.#run(measured, batchesFor(WARM_UP, burst * trial), burst);
    this.#count = Math.max(burst, Math.ceil(BATCH[pattern] / price));
    this.#batches = batchesFor(slice, this.#count * price);
  }

  /** @returns nanoseconds per round trip or message: the median of the batches of one slice. */
  measure(measured: Case): Promise<number> {
    return this.#run(measured, this.#batches, this.#count);
  }

  async close(): Promise<void> {
    await this.#a.execute({ kind: "close" });
    await this.#b.execute({ kind: "close" });
  }

  async end(): Promise<void> {
    await Promise.all([this.#a.end(), this.#b.end()]);
  }

  /** Of a stream the receiver knows what it brought. */
  async #run({ pattern, touched }: Case, batches: number, count: number): Promise<number> {
    const command = { kind: "run", batches, count, touched } as const;
    const [ofA, ofB] = await Promise.all([this.#a.execute(command), this.#b.execute(command)]);
    return median(pattern === "stream" ? ofB : ofA);
  }
}
