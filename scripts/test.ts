/**
 * Runs built tests with the Node that runs this script, each file in a process of its own:
 *
 *     npm test -- [--unit | --conformance | --check | --smoke] [--node <binary>] [part of a file name ...]
 *
 * Without a set: unit and conformance tests. The last line counts the tests: `12 passed, 0 failed, 1 skipped`. SIGINT
 * and SIGTERM end the run, and then nothing of it is left in shared memory and in files.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism, constants } from "node:os";
import process from "node:process";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { TestDirectory } from "./test-directory.ts";
import { testFiles } from "./test-files.ts";
import { Tally } from "./test-tally.ts";
import { REPOSITORY } from "./workspace.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    unit: { type: "boolean" },
    conformance: { type: "boolean" },
    check: { type: "boolean" },
    smoke: { type: "boolean" },
    node: { type: "string" },
  },
});

/** A file that hangs must not hang CI; no test takes anything like it. */
const HANGS = 10 * 60_000;

const sets = (["unit", "conformance", "check", "smoke"] as const).filter((set) => values[set] === true);

/** Calls `end` with every signal that shall end the run. */
function onInterruption(end: (signal: NodeJS.Signals) => void): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
}

async function runWithOtherNode(binary: string): Promise<number> {
  const args = [fileURLToPath(import.meta.url), ...sets.map((set) => `--${set}`), ...positionals];
  const other = spawn(binary, args, { stdio: "inherit" });
  onInterruption((signal) => other.kill(signal));
  const [code] = (await once(other, "exit")) as [number | null];
  return code ?? 1;
}

async function runHere(): Promise<number> {
  const [set, another] = sets;
  if (another !== undefined) return refuse(`one set of tests at a time, not --${set} and --${another}`);
  const wanted = (path: string): boolean =>
    positionals.length === 0 || positionals.some((part) => path.includes(part));
  const files = (await testFiles(set)).filter(wanted);
  if (files.length === 0)
    return refuse(`no test file of ${set ?? "unit and conformance"} matches ${positionals.join(" or ")}`);

  process.chdir(REPOSITORY);
  const directory = new TestDirectory();
  process.env["TMPDIR"] = directory.path;
  const interruption = new AbortController();
  let interruptedBy: NodeJS.Signals | undefined;
  onInterruption((signal) => {
    interruptedBy = signal;
    interruption.abort();
  });

  const checks = set === "check";
  const events = run({
    files,
    // Checks run whole suites themselves.
    concurrency: checks ? 1 : Math.min(availableParallelism(), 8),
    timeout: checks ? Number.POSITIVE_INFINITY : HANGS,
    signal: interruption.signal,
  });
  const tally = new Tally();
  events
    .on("test:pass", (event) => tally.add(event, true))
    .on("test:fail", (event) => tally.add(event, false));
  for await (const chunk of events.compose(new spec())) process.stdout.write(chunk);

  if (interruptedBy !== undefined) {
    directory.remove();
    return 128 + constants.signals[interruptedBy];
  }
  const leftovers = directory.close();
  if (leftovers.length > 0) refuse(`left behind by tests:\n  ${leftovers.join("\n  ")}`);
  process.stdout.write(`\nNode ${process.version}\n${tally.summary()}\n`);
  return tally.failed === 0 && leftovers.length === 0 ? 0 : 1;
}

function refuse(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}

process.exitCode = values.node === undefined ? await runHere() : await runWithOtherNode(values.node);
