/**
 * Messages between two processes: all pairs at all sizes, in turns, so that whatever disturbs the machine disturbs all.
 * Ratios are medians of the ratios of neighbours in time.
 */
import { TestDomain } from "iceoryx2-ts/testing";
import { median } from "../statistics.ts";
import { describeRate, describeRatio, describeSize, describeTime, printRow, printTitle } from "../table.ts";
import { type Case, type Durations, Pair } from "./pair.ts";
import { FLOOR, OURS, pairKinds, RUST } from "./pair-kinds.ts";
import { PROCESSORS } from "./process.ts";

export interface ComparisonPlan {
  readonly repetitions: number;
  readonly sizes: readonly number[];
  readonly durations: Durations;
}

/** What every repetition found, in nanoseconds, by name of the pair. */
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
  const rows = await measureAll(pairs, plan);
  for (const pair of pairs) await pair.end();
  domain.assertClean();
  const pinned = pairs.every((pair) => pair.pinned) ? ", pinned" : "";
  const of = (pattern: Case["pattern"]): Row[] => rows.filter(({ measured }) => measured.pattern === pattern);
  printTitle(`Round trip between two processes, polled${pinned}, buffer 1, overflow on`);
  printRows(pairs, of("pingPong"), describeTime);
  printFlatness(of("pingPong"));
  printTitle(`Lossless stream from one process to another, polled${pinned}`);
  printRows(pairs, of("stream"), describeRate);
}

async function measureAll(pairs: readonly Pair[], plan: ComparisonPlan): Promise<Row[]> {
  const rows = casesOf(plan).map((measured): Row => {
    const values = pairs.filter((pair) => pair.has(measured)).map(({ name }) => [name, [] as number[]]);
    return { measured, values: Object.fromEntries(values) };
  });
  for (let repetition = 0; repetition < plan.repetitions; repetition++) {
    for (const { measured, values } of rows) {
      for (const pair of pairs) values[pair.name]?.push(await pair.measure(measured, plan.durations));
    }
  }
  return rows;
}

function casesOf({ sizes }: ComparisonPlan): Case[] {
  return (["pingPong", "stream"] as const).flatMap((pattern) =>
    sizes.flatMap((size) => [false, true].map((touched): Case => ({ pattern, size, touched }))),
  );
}

/** Which ratios matter: ours to Rust's, and ours to the floor. A rate's is the other way round: more is better. */
function printRows(pairs: readonly Pair[], rows: readonly Row[], describe: (value: number) => string): void {
  const names = pairs.map(({ name }) => name).filter((name) => name in (rows[0]?.values ?? {}));
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

function printFlatness(rows: readonly Row[]): void {
  const untouched = rows
    .filter(({ measured }) => !measured.touched)
    .map(({ values }) => median(values[OURS]!));
  const spread = (Math.max(...untouched) / Math.min(...untouched) - 1) * 100;
  console.log(`\nuntouched, the medians of all sizes differ by ${spread.toFixed(0)} % in ${OURS}`);
}
