/**
 * What it takes to wake another process: all pairs in turns, so that whatever disturbs the machine disturbs all. Ratios
 * are medians of the ratios of neighbours in time.
 */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { installPython, REPOSITORY, skipWithoutPython } from "#conformance/python.js";
import { type CommandLine, PROCESSORS, SideProcess } from "../exchange/process.ts";
import { measure, median, quantile } from "../statistics.ts";
import { describeRate, describeRatio, describeTime, printRow, printTitle } from "../table.ts";
import type { EventCommand, Means } from "./protocol.ts";

export interface EventsPlan {
  readonly repetitions: number;
  readonly roundTrips: number;
  readonly notifications: number;
  /** How long to look at a listener that waits, in milliseconds. */
  readonly idle: number;
}

interface PairKind {
  readonly name: string;
  readonly a: CommandLine;
  readonly b: CommandLine;
  readonly means: Means;
}

const typescript: CommandLine = [process.execPath, fileURLToPath(new URL("side.js", import.meta.url))];
const RAW = "raw datagram";
const AWAIT = "await";

async function pairKinds(): Promise<PairKind[]> {
  const kinds: PairKind[] = [
    { name: RAW, a: typescript, b: typescript, means: "raw" },
    { name: "callback", a: typescript, b: typescript, means: "callback" },
    { name: AWAIT, a: typescript, b: typescript, means: "await" },
    { name: "WaitSet", a: typescript, b: typescript, means: "waitSet" },
    { name: "waitSync", a: typescript, b: typescript, means: "blocking" },
  ];
  if (skipWithoutPython !== false) return kinds;
  const python: CommandLine = [await installPython(), "-B", join(REPOSITORY, "bench/python/event_side.py")];
  kinds.push({ name: "TS-Python", a: typescript, b: python, means: "await" });
  kinds.push({ name: "Python", a: python, b: python, means: "blocking" });
  return kinds;
}

/** Where the two sides run, and how long the first one sleeps before it notifies, in milliseconds. */
const SITUATIONS = [
  { what: "at once", processors: [0, 1], pause: 0 },
  { what: "after 1 ms of idleness", processors: [0, 1], pause: 1 },
  { what: "at once, one processor", processors: [0, 0], pause: 0 },
  { what: "after 1 ms, one processor", processors: [0, 0], pause: 1 },
] as const;
type Situation = (typeof SITUATIONS)[number];

class Pair {
  readonly name: string;
  readonly #means: Means;
  readonly #sides: readonly [SideProcess<EventCommand>, SideProcess<EventCommand>];
  #opened = 0;

  constructor({ name, a, b, means }: PairKind, { prefix, rootPath }: TestDomain) {
    this.name = name;
    this.#means = means;
    this.#sides = [
      new SideProcess<EventCommand>(a, { role: "a", prefix, rootPath }),
      new SideProcess<EventCommand>(b, { role: "b", prefix, rootPath }),
    ];
  }

  /** @returns each round trip, in nanoseconds. */
  async roundTrips({ processors, pause }: Situation, count: number): Promise<readonly number[]> {
    for (const [i, side] of this.#sides.entries()) side.pin(processors[i]!);
    return this.#open(async () => {
      await this.#both({ kind: "pingPong", count: Math.ceil(count / 10), pause: 0 });
      return (await this.#both({ kind: "pingPong", count, pause }))[0];
    });
  }

  /** @returns the price of a notification for who sends and the time between two for who takes, in nanoseconds. */
  async stream(count: number): Promise<readonly [sent: number, taken: number]> {
    return this.#open(async () => {
      await this.#both({ kind: "stream", count: Math.ceil(count / 10) });
      const [[sent], [taken]] = await this.#both({ kind: "stream", count });
      return [sent!, taken!];
    });
  }

  /** @returns nanoseconds of processor time per second of waiting. */
  async idle(milliseconds: number): Promise<number> {
    return this.#open(async () => (await this.#both({ kind: "idle", milliseconds }))[1][0]!);
  }

  async end(): Promise<void> {
    await Promise.all(this.#sides.map((side) => side.end()));
  }

  async #open<T>(run: () => Promise<T>): Promise<T> {
    const name = `${this.#means}${this.#opened++}-${this.name.length}`;
    await this.#both({ kind: "open", means: this.#means, name });
    await this.#both({ kind: "connect" });
    const result = await run();
    await this.#both({ kind: "close" });
    return result;
  }

  #both(command: EventCommand): Promise<[readonly number[], readonly number[]]> {
    const [a, b] = this.#sides;
    return Promise.all([a.execute(command), b.execute(command)]);
  }
}

export async function compareEvents(plan: EventsPlan): Promise<void> {
  benchUnread();
  if (PROCESSORS < 2) {
    console.log("Waking another process is compared on two processors; here is one only: left out.");
    return;
  }
  using domain = new TestDomain();
  const pairs = (await pairKinds()).map((kind) => new Pair(kind, domain));
  await compareRoundTrips(pairs, plan);
  await compareStreams(pairs, plan);
  const waiting = pairs.find(({ name }) => name === AWAIT)!;
  const load = (await waiting.idle(plan.idle)) / 1e9;
  console.log(`\na listener that waits takes ${(load * 100).toFixed(3)} % of a processor`);
  for (const pair of pairs) await pair.end();
  domain.assertClean();
}

/** What a notification costs as long as the listener has not taken the last one: no system call. */
function benchUnread(): void {
  using domain = new TestDomain();
  using node = Node.create({ config: domain.config, signals: "ignore" });
  const service = node.service("unread").event().create();
  const listener = service.listener();
  const notifier = service.notifier();
  const run = (calls: number): void => {
    for (let i = 0; i < calls; i++) notifier.notify(i & 7);
  };
  run(100_000);
  const price = median(measure(20, 20_000, run));
  const taking = median(
    measure(20, 2000, (calls) => {
      for (let i = 0; i < calls; i++) {
        notifier.notify(i & 7);
        listener.tryWait();
      }
    }),
  );
  printTitle("Events in one thread");
  printRow("notify, the last one is not taken yet", describeTime(price));
  printRow("notify and tryWait", describeTime(taking));
  node.close();
}

async function compareRoundTrips(
  pairs: readonly Pair[],
  { repetitions, roundTrips }: EventsPlan,
): Promise<void> {
  printTitle("Notify another process and be notified by it: median and 99th percentile");
  printRow("", ...pairs.map(({ name }) => name), `${AWAIT}/raw`);
  for (const situation of SITUATIONS) {
    const values = new Map<string, (readonly number[])[]>(pairs.map(({ name }) => [name, []]));
    for (let i = 0; i < repetitions; i++) {
      for (const pair of pairs) values.get(pair.name)!.push(await pair.roundTrips(situation, roundTrips));
    }
    const medians = new Map([...values].map(([name, runs]) => [name, runs.map(median)]));
    const ratios = medians.get(AWAIT)!.map((value, i) => value / medians.get(RAW)![i]!);
    const of = (name: string): string => describeTime(median(medians.get(name)!));
    printRow(situation.what, ...pairs.map(({ name }) => of(name)), describeRatio(median(ratios)));
    const late = (name: string): string => describeTime(quantile(values.get(name)!.flat(), 0.99));
    printRow("", ...pairs.map(({ name }) => late(name)));
  }
}

async function compareStreams(
  pairs: readonly Pair[],
  { repetitions, notifications }: EventsPlan,
): Promise<void> {
  const counting = pairs.filter(({ name }) => name !== RAW);
  printTitle("Notify as fast as possible: notifications sent and taken per second");
  printRow("", ...counting.map(({ name }) => name));
  const values = new Map<string, (readonly [number, number])[]>(counting.map(({ name }) => [name, []]));
  for (let i = 0; i < repetitions; i++) {
    for (const pair of counting) values.get(pair.name)!.push(await pair.stream(notifications));
  }
  for (const [end, what] of ["sent", "taken"].entries()) {
    const rate = (name: string): string => describeRate(median(values.get(name)!.map((pair) => pair[end]!)));
    printRow(what, ...counting.map(({ name }) => rate(name)));
  }
}
