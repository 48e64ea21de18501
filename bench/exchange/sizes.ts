/**
 * Whether a message that nobody looks at costs the same at any size. All sizes take turns in the same processes, for
 * minutes apart the machine and the compiler differ by more than sizes do.
 */
import { median } from "../statistics.ts";
import { describeRatio, describeSize, describeTime, printRow, printTitle } from "../table.ts";
import type { Case, Pair } from "./pair.ts";

export interface SizePlan {
  /** How often every size has its turn. */
  readonly rounds: number;
  readonly sizes: readonly number[];
  /** How long a turn is, in nanoseconds. */
  readonly slice: number;
}

/** What the rounds found, by size. */
interface Column {
  readonly name: string;
  /** Of a round trip, in nanoseconds. */
  readonly prices: readonly (readonly number[])[];
  /** To the first size in the same round. */
  readonly ratios: readonly (readonly number[])[];
}

export async function compareSizes(pairs: readonly Pair[], plan: SizePlan): Promise<void> {
  const columns: Column[] = [];
  for (const pair of pairs) columns.push(await measureColumn(pair, plan));
  printTitle("The same untouched, all sizes in turn, each in relation to the first one of its round");
  printRow("", ...columns.map(({ name }) => name));
  for (const [index, size] of plan.sizes.entries()) {
    const describe = ({ prices, ratios }: Column): string =>
      `${describeTime(median(prices[index]!))} ${describeRatio(median(ratios[index]!))}`;
    printRow(describeSize(size), ...columns.map(describe));
  }
  printRow("the dearest is above the cheapest by", ...columns.map(describeSpread));
}

async function measureColumn(pair: Pair, { rounds, sizes, slice }: SizePlan): Promise<Column> {
  const prices = sizes.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, size] of sizes.entries()) {
      const measured: Case = { pattern: "pingPong", size, touched: false };
      await pair.open(measured, slice);
      prices[index]!.push(await pair.measure(measured));
      await pair.close();
    }
  }
  const ratios = prices.map((ofSize) => ofSize.map((price, round) => price / prices[0]![round]!));
  return { name: pair.name, prices, ratios };
}

function describeSpread({ ratios }: Column): string {
  const medians = ratios.map(median);
  return `${((Math.max(...medians) / Math.min(...medians) - 1) * 100).toFixed(0)} %`;
}
