/**
 * The main job in one command: frames of several megabytes from one process to others without a copy, and what it
 * takes. Needs nothing but Node.js; where there is Python, its iceoryx2 receives the same frames.
 */
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { TestDomain } from "iceoryx2-ts/testing";
import { killAllPrograms } from "./demo/program.ts";
import { runFrames } from "./demo/run.ts";
import { describeDelivery, describeLatency, describePlaces, describeRate, isComplete } from "./demo/text.ts";
import { REPOSITORY } from "./workspace.ts";

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The interpreter with the released iceoryx2 that the conformance tests use, or why there is none. */
async function findPython(): Promise<string | Error> {
  const module = pathToFileURL(join(REPOSITORY, "conformance", "dist", "python.js")).href;
  const { installPython } = (await import(module)) as { installPython(): Promise<string> };
  return installPython().catch((error: Error) => error);
}

function reasonOf(error: Error & { readonly stderr?: string }): string {
  return error.stderr?.trim().split("\n").at(-1) || error.message.split("\n")[0] || error.name;
}

async function showTypeScript(environment: Readonly<Record<string, string>>): Promise<boolean> {
  print("Frames of 4 MiB, from one process to another, through shared memory", "");
  const run = await runFrames(environment, { paced: 1500, written: 1000, handedOver: 1000 });
  const { report } = run.subscriber;
  print("Where a frame lies", describePlaces(run), "");
  print("Latency", describeLatency(report), "");
  print(
    "Rate",
    describeRate(report, "written", "every byte written", "the speed of writing memory"),
    describeRate(report, "handedOver", "only handed over", "made visible, not moved"),
    "",
  );
  print("Delivery", describeDelivery(run), "");
  return isComplete(run);
}

async function showPython(
  environment: Readonly<Record<string, string>>,
  python: string | Error,
): Promise<boolean> {
  print("The same frames, received by the official iceoryx2 for Python as well");
  if (python instanceof Error) {
    print("  Left out, for it needs python3 with venv, and a network for its first time:");
    print(`  ${reasonOf(python)}`, "");
    return true;
  }
  const run = await runFrames(environment, { paced: 1500, written: 0, handedOver: 0 }, python);
  print(describePlaces(run), describeDelivery(run), "");
  return isComplete(run);
}

const domain = new TestDomain();
process.on("exit", () => {
  killAllPrograms();
  domain[Symbol.dispose]();
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const python = findPython();
const environment = { IOX2_DEMO_PREFIX: domain.prefix, IOX2_DEMO_ROOT_PATH: domain.rootPath };
let works = await showTypeScript(environment);
works = (await showPython(environment, await python)) && works;
const leftovers = domain.leftovers();
print(
  leftovers.length === 0
    ? "All processes ended, nothing is left behind."
    : `Left behind: ${leftovers.join(", ")}`,
  works && leftovers.length === 0
    ? "It works. Programs to start from: npm run example"
    : "It does not work: see above.",
);
process.exitCode = works && leftovers.length === 0 ? 0 : 1;
