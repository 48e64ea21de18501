/**
 * `npm run bench [-- --quick]`: what messages cost. Compare only figures of one run, and those with the floor, because
 * machines differ and drift.
 */
import { parseArgs } from "node:util";
import { compareCalls } from "./awaited/calls.ts";
import { compareAwaited } from "./awaited/compare.ts";
import { compareEvents } from "./events/compare.ts";
import { compareExchange } from "./exchange/compare.ts";
import { benchOneThread } from "./one-thread.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });

const MILLISECOND = 1e6;
const KIB = 1024;

await benchOneThread(values.quick ? 10 : 40);
await compareExchange({
  slices: values.quick ? 11 : 31,
  sizes: values.quick ? [8, KIB * KIB] : [8, KIB, 64 * KIB, KIB * KIB, 4 * KIB * KIB],
  slice: 10 * MILLISECOND,
});
await compareAwaited({
  sizes: values.quick ? [8] : [8, 64 * KIB],
  batches: values.quick ? 8 : 20,
  count: 10_000,
});
await compareCalls({
  sizes: values.quick ? [8] : [8, KIB, 64 * KIB, KIB * KIB],
  calls: values.quick ? 500 : 2000,
});
await compareEvents({
  repetitions: values.quick ? 3 : 5,
  roundTrips: values.quick ? 500 : 2000,
  notifications: values.quick ? 200_000 : 1_000_000,
  idle: values.quick ? 1000 : 5000,
});
