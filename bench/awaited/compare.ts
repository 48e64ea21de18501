/** Lossless streams whose two ends wait in the event loop. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { TestDomain } from "iceoryx2-ts/testing";
import { median, quantile } from "../statistics.ts";
import { describeRate, describeSize, printRow, printTitle } from "../table.ts";
import type { AwaitedArguments } from "./side.ts";

export interface AwaitedOptions {
  readonly sizes: readonly number[];
  readonly batches: number;
  /** Messages per batch. */
  readonly count: number;
}

const BUFFER = 64;
const SIDE = fileURLToPath(new URL("side.js", import.meta.url));

interface Side {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

function start(role: "send" | "receive", sideArguments: AwaitedArguments): Side {
  const stdio: ["pipe", "pipe", "inherit"] = ["pipe", "pipe", "inherit"];
  const child = spawn(process.execPath, [SIDE, role, JSON.stringify(sideArguments)], { stdio });
  return { child, lines: createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]() };
}

async function nextLine({ lines }: Side): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error("a side of the awaited stream ended early");
  return value;
}

/** @returns nanoseconds per message, one value per batch. */
async function measureStream(sideArguments: AwaitedArguments): Promise<readonly number[]> {
  const sender = start("send", sideArguments);
  await nextLine(sender);
  const receiver = start("receive", sideArguments);
  await nextLine(receiver);
  const input = sender.child.stdin as Writable;
  const exits = [sender, receiver].map(({ child }) => once(child, "exit"));
  input.write("begin\n");
  const measured = JSON.parse(await nextLine(receiver)) as number[];
  input.end();
  await Promise.all(exits);
  return measured;
}

export async function compareAwaited({ sizes, batches, count }: AwaitedOptions): Promise<void> {
  printTitle(`Lossless between two processes that wait in the event loop, ${BUFFER} may wait`);
  printRow("", "median", "best");
  for (const notify of [false, true]) {
    for (const size of sizes) {
      using domain = new TestDomain();
      const { prefix, rootPath } = domain;
      const shape = { size, buffer: BUFFER, batches, count, notify };
      // The first batch is also about code that is not compiled yet.
      const measured = (await measureStream({ prefix, rootPath, ...shape })).slice(1);
      const what = `await send, for await, ${describeSize(size)}${notify ? ", notifying" : ""}`;
      printRow(what, describeRate(median(measured)), describeRate(quantile(measured, 0)));
    }
  }
}
