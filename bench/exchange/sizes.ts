/**
 * Whether a message that nobody looks at costs the same at any size. All sizes take turns in the same processes, for
 * minutes apart the machine differs by more than sizes do; and what disturbs it only ever adds, so that the lower
 * quartile tells more about sizes than the median does.
 */
import { quantile } from "../statistics.ts";
import { describeRatio, describeSize, describeTime, printRow, printTitle } from "../table.ts";
import type { ComparisonPlan } from "./compare.ts";
import type { Case, Pair } from "./pair.ts";

/** What a pair found: of a round trip, in nanoseconds, by size and round. */
interface Column {
  readonly pair: Pair;
  readonly prices: readonly number[][];
}

export async function compareSizes(
  pairs: readonly Pair[],
  { slices, sizes, slice }: ComparisonPlan,
): Promise<void> {
  const columns = pairs.map((pair): Column => ({ pair, prices: sizes.map(() => []) }));
  for (let round = 0; round < slices; round++) {
    for (const [index, size] of sizes.entries()) {
      for (const { pair, prices } of columns) prices[index]!.push(await measureOnce(pair, size, slice));
    }
  }
  printTitle("The same untouched, all sizes in turn: the lower quartile, and its ratio to the cheapest size");
  printRow("", ...columns.flatMap(({ pair }) => [pair.name, ""]));
  const quartiles = columns.map(({ prices }) => prices.map((ofSize) => quantile(ofSize, 0.25)));
  for (const [index, size] of sizes.entries()) {
    const describe = (ofPair: readonly number[]): string[] => {
      const price = ofPair[index]!;
      return [describeTime(price), describeRatio(price / Math.min(...ofPair))];
    };
    printRow(describeSize(size), ...quartiles.flatMap(describe));
  }
}

async function measureOnce(pair: Pair, size: number, slice: number): Promise<number> {
  const measured: Case = { pattern: "pingPong", size, touched: false };
  await pair.open(measured, slice);
  const price = await pair.measure(measured);
  await pair.close();
  return price;
}
