/** What one message costs in one thread: loan, send, receive, release of a 16-byte struct. */
import { PerformanceObserver } from "node:perf_hooks";
import process from "node:process";
import { setImmediate as turn } from "node:timers/promises";
import { f64, i32, Node, type Sample, type StructType, struct } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { measure, median } from "./statistics.ts";
import { describeTime, printRow, printTitle } from "./table.ts";

const Small: StructType<{ x: typeof i32; y: typeof i32; funky: typeof f64 }> = struct("Small", {
  x: i32,
  y: i32,
  funky: f64,
});

const WARM_UP = 200_000;
const MESSAGES_PER_BATCH = 20_000;
const MILLION = 1_000_000;

/** @param batches of 20 000 messages. */
export async function benchOneThread(batches: number): Promise<void> {
  using domain = new TestDomain();
  using node = Node.create({ config: domain.config, signals: "ignore" });
  printTitle("One thread, a struct of 16 bytes, written and read");
  printRow("", "median", "live heap", "collections");
  printRow("", "", "after a million messages");
  for (const [what, run] of Object.entries(variants(node))) {
    run(WARM_UP);
    const price = median(measure(batches, MESSAGES_PER_BATCH, run));
    const { growth, collections } = await heapOf(() => run(MILLION));
    printRow(what, describeTime(price), growth, String(collections));
  }
  node.close();
  domain.assertClean();
}

function variants(node: Node): Readonly<Record<string, (calls: number) => void>> {
  const service = node.service("one-thread").publishSubscribe(Small).create();
  const publisher = service.publisher();
  const subscriber = service.subscriber();
  let expected = 0;
  const check = ({ payload }: Sample<typeof Small>): void => {
    if (payload.x !== expected) throw new Error(`${payload.x} came instead of ${expected}`);
  };
  const send = (): void => {
    expected = (expected + 1) & 0xffff;
    const loan = publisher.loanUninit();
    const { payload } = loan;
    payload.x = expected;
    payload.y = expected;
    payload.funky = expected;
    loan.send();
  };
  const repeat = (call: () => void) => (calls: number) => {
    for (let i = 0; i < calls; i++) call();
  };
  const drain = (): void => {
    if (subscriber.drain(check) !== 1) throw new Error("a sample is missing");
  };
  return {
    "loanUninit, send, drain": repeat(() => {
      send();
      drain();
    }),
    "loanUninit, send, receive, release": repeat(() => {
      send();
      const sample = subscriber.receive();
      if (sample === undefined) throw new Error("a sample is missing");
      check(sample);
      sample.release();
    }),
    "sendCopy, drain": repeat(() => {
      expected = (expected + 1) & 0xffff;
      publisher.sendCopy({ x: expected, y: expected, funky: expected });
      drain();
    }),
  };
}

/** How much live heap a run leaves, and how often it made the garbage collector work. Needs `--expose-gc`. */
async function heapOf(run: () => void): Promise<{ readonly growth: string; readonly collections: number }> {
  const { gc } = globalThis;
  if (gc === undefined) return { growth: "--expose-gc", collections: Number.NaN };
  gc();
  await turn();
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  observer.observe({ entryTypes: ["gc"] });
  const before = process.memoryUsage().heapUsed;
  run();
  await turn();
  observer.disconnect();
  gc();
  return { growth: `${((process.memoryUsage().heapUsed - before) / 1024).toFixed(0)} KiB`, collections };
}
