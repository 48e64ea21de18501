/**
 * `npm run bench`: the first figures. Each row says what it does; compare only figures of one run, and those with the
 * floor, because machines differ and drift.
 */
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { TestDomain } from "iceoryx2-ts/testing";
import type { EchoCommand } from "./echo.ts";
import { oneThread } from "./one-thread.ts";
import { type PingPong, pingPong, SIZE_MAX } from "./ping-pong.ts";
import { measure, median, quantile } from "./statistics.ts";

const SIZES: readonly number[] = [8, 1024, 64 * 1024, 1024 * 1024, SIZE_MAX];
const REPETITIONS = 5;
const BATCHES = 60;
const ROUND_TRIPS_PER_BATCH = 200;
const WARM_UP = 20_000;

/** Asked for once: a pinned process has fewer. */
const PROCESSORS = availableParallelism();

/** Keeps a process on one processor, so that the two sides never share one. */
function pin(pid: number | undefined, processor: number): boolean {
  if (PROCESSORS < 2 || pid === undefined) return false;
  try {
    execFileSync("taskset", ["-acp", String(processor), String(pid)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

interface Row {
  readonly what: string;
  /** Nanoseconds. */
  readonly medians: number[];
  readonly bests: number[];
}

async function twoProcesses(domain: TestDomain): Promise<{ readonly rows: Row[]; readonly pinned: boolean }> {
  const echo = fork(fileURLToPath(new URL("echo.js", import.meta.url)));
  const tell = (command: EchoCommand): boolean => echo.send(command);
  tell({ kind: "start", config: domain.config });
  const pinned = pin(process.pid, 0) && pin(echo.pid, 1);
  const partner = pingPong(domain.config, "a");
  const floor: Row = { what: "floor: two words, no protocol", medians: [], bests: [] };
  const rows = SIZES.map(
    (size): Row => ({ what: `publish-subscribe, ${describe(size)}`, medians: [], bests: [] }),
  );
  const total = BATCHES * ROUND_TRIPS_PER_BATCH;
  const runFloor = (): void => {
    tell({ kind: "floor", count: total });
    record(floor, (calls) => partner.floor(calls));
  };
  const runSize = (row: Row, size: number): void => {
    tell({ kind: "roundTrips", count: total, size });
    record(row, (calls) => partner.roundTrips(calls, size));
  };
  warmUp(tell, partner);
  for (let i = 0; i < REPETITIONS; i++) {
    runFloor();
    for (const [index, row] of rows.entries()) runSize(row, SIZES[index]!);
  }
  await stop(echo, tell, partner);
  return { rows: [floor, ...rows], pinned };
}

/** First touches of pages and compiling of code are not what is measured. */
function warmUp(tell: (command: EchoCommand) => boolean, partner: PingPong): void {
  tell({ kind: "floor", count: WARM_UP });
  partner.floor(WARM_UP);
  for (const size of SIZES) {
    tell({ kind: "roundTrips", count: WARM_UP, size });
    partner.roundTrips(WARM_UP, size);
  }
}

async function stop(echo: ChildProcess, tell: (c: EchoCommand) => boolean, partner: PingPong): Promise<void> {
  const exit = once(echo, "exit");
  tell({ kind: "stop" });
  partner.close();
  await exit;
}

function record(row: Row, run: (calls: number) => void): void {
  const batches = measure(BATCHES, ROUND_TRIPS_PER_BATCH, run);
  row.medians.push(median(batches));
  row.bests.push(quantile(batches, 0));
}

function describe(size: number): string {
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${size / 1024} KiB` : `${size / 1024 / 1024} MiB`;
}

function printRow(what: string, ...columns: string[]): void {
  console.log([what.padEnd(44), ...columns.map((column) => column.padStart(13))].join(""));
}

const nanoseconds = (value: number): string => `${value.toFixed(0)} ns`;

async function main(): Promise<void> {
  using domain = new TestDomain();
  benchOneThread(domain);
  if (PROCESSORS < 2) console.log("Two processes that poll need two processors; here is one only: left out.");
  else await benchTwoProcesses(domain);
  domain.assertClean();
}

async function benchTwoProcesses(domain: TestDomain): Promise<void> {
  const { rows, pinned } = await twoProcesses(domain);
  const [floor, ...messages] = rows;
  console.log(`\nRound trip between two processes, polled, payload untouched${pinned ? ", pinned" : ""}\n`);
  printRow("", "median", "best", "to floor");
  for (const { what, medians, bests } of rows) {
    const ratios = medians.map((value, index) => value / floor!.medians[index]!);
    const toFloor = `${median(ratios).toFixed(1)}x`;
    printRow(what, nanoseconds(median(medians)), nanoseconds(Math.min(...bests)), toFloor);
  }
  const flat = messages.map(({ medians }) => median(medians));
  const spread = (Math.max(...flat) / Math.min(...flat) - 1) * 100;
  console.log(`\nfrom 8 B to ${describe(SIZE_MAX)} the medians differ by ${spread.toFixed(0)} %\n`);
}

function benchOneThread(domain: TestDomain): void {
  const figures = oneThread(domain);
  console.log("One thread, a struct of 16 bytes, written and read\n");
  printRow("", "median");
  printRow("loanUninit, send, drain", nanoseconds(figures.drain));
  printRow("loanUninit, send, receive, release", nanoseconds(figures.receive));
  printRow("sendCopy, drain", nanoseconds(figures.sendCopy));
  if (figures.heapGrowth !== undefined) {
    printRow("live heap after a million messages", `${(figures.heapGrowth / 1024).toFixed(0)} KiB`);
  }
}

await main();
