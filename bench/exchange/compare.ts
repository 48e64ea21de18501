/**
 * Messages between two processes: all pairs at all sizes. The pairs take turns in slices of milliseconds, so that
 * whatever disturbs the machine disturbs all; ratios are medians of the ratios of neighbours in time.
 */
import { TestDomain } from "iceoryx2-ts/testing";
import { median } from "../statistics.ts";
import { describeRate, describeRatio, describeSize, describeTime, printRow, printTitle } from "../table.ts";
import { type Case, Pair } from "./pair.ts";
import { FLOOR, OURS, pairKinds, RUST } from "./pair-kinds.ts";
import { PROCESSORS } from "./process.ts";
import { compareSizes } from "./sizes.ts";

export interface ComparisonPlan {
  /** How often every pair has its turn. */
  readonly slices: number;
  readonly sizes: readonly number[];
  /** How long a turn is, in nanoseconds. */
  readonly slice: number;
}

/** In bytes. */
const LARGEST_CALL = 2 ** 20;

/** What every slice found, in nanoseconds, by name of the pair. */
interface Row {
  readonly measured: Case;
  readonly values: Readonly<Record<string, number[]>>;
}

export async function compareExchange(plan: ComparisonPlan): Promise<void> {
  if (PROCESSORS < 2) {
    console.log("Two processes that poll need two processors; here is one only: left out.");
    return;
  }
  using domain = new TestDomain();
  const pairs = (await pairKinds()).map((kind) => new Pair(kind, domain));
  for (const pair of pairs) await pair.rehearse();
  const pinned = pairs.map((pair) => pair.pin()).every((worked) => worked) ? ", pinned" : "";
  const rows: Row[] = [];
  for (const measured of casesOf(plan.sizes)) rows.push(await measureCase(pairs, measured, plan));
  const of = (pattern: Case["pattern"]): Row[] => rows.filter(({ measured }) => measured.pattern === pattern);
  printTitle(`Round trip between two processes, polled${pinned}, buffer 1, overflow on`);
  printRows(of("pingPong"), describeTime);
  await compareSizes(
    pairs.filter(({ name }) => [FLOOR, OURS, RUST].includes(name)),
    plan,
  );
  printTitle(`Request and response between two processes, polled${pinned}`);
  printRows(of("call"), describeTime);
  printTitle("The same while eight clients are connected to the server");
  printRows(of("callAmongEight"), describeTime);
  printTitle(`Lossless stream from one process to another, polled${pinned}`);
  printRows(of("stream"), describeRate);
  for (const pair of pairs) await pair.end();
  domain.assertClean();
}

async function measureCase(
  all: readonly Pair[],
  measured: Case,
  { slices, slice }: ComparisonPlan,
): Promise<Row> {
  const pairs = all.filter((pair) => pair.has(measured));
  for (const pair of pairs) await pair.open(measured, slice);
  const values = Object.fromEntries(pairs.map(({ name }) => [name, [] as number[]]));
  for (let i = 0; i < slices; i++) {
    for (const pair of pairs) values[pair.name]!.push(await pair.measure(measured));
  }
  for (const pair of pairs) await pair.close();
  return { measured, values };
}

function casesOf(sizes: readonly number[]): Case[] {
  const all = (["pingPong", "stream", "call"] as const).flatMap((pattern) =>
    sizes.flatMap((size) => [false, true].map((touched): Case => ({ pattern, size, touched }))),
  );
  const small = all.filter(({ pattern, size }) => pattern !== "call" || size <= LARGEST_CALL);
  return [...small, { pattern: "callAmongEight", size: sizes[0]!, touched: false }];
}

/** Which ratios matter: ours to Rust's, and ours to the floor. A rate's is the other way round: more is better. */
function printRows(rows: readonly Row[], describe: (value: number) => string): void {
  const names = Object.keys(rows[0]!.values);
  const ratios = [RUST, FLOOR].filter((name) => names.includes(name));
  printRow("", ...names, ...ratios.map((name) => `TS/${name === RUST ? "Rust" : name}`));
  for (const { measured, values } of rows) {
    const isRate = measured.pattern === "stream";
    printRow(
      `${describeSize(measured.size)}, ${measured.touched ? "written and copied" : "untouched"}`,
      ...names.map((name) => describe(median(values[name]!))),
      ...ratios.map((name) => {
        const [above, below] = isRate ? [values[name]!, values[OURS]!] : [values[OURS]!, values[name]!];
        return describeRatio(median(above.map((value, index) => value / below[index]!)));
      }),
    );
  }
}
