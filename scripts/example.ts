/** Starts a built example: `npm run example -- publish_subscribe publisher [arguments]`. Ends as the example ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { REPOSITORY } from "./workspace.ts";

const BUILT = join(REPOSITORY, "examples", "dist");

async function list(): Promise<string> {
  const files = existsSync(BUILT) ? await readdir(BUILT, { recursive: true }) : [];
  const programs = files.filter((path) => /^[^_/][^/]*\/[^/]+(?<!\.test)\.js$/.test(path)).sort();
  return programs
    .map((path) => `  npm run example -- ${path.replace("/", " ").replace(/\.js$/, "")}`)
    .join("\n");
}

async function start(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
  // The terminal sends Ctrl+C to the example as well: it cleans up and ends, then we do.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, "exit")) as [number | null];
  process.exitCode = code ?? 1;
}

const [example = "", program = "", ...args] = process.argv.slice(2);
const file = join(BUILT, example, `${program}.js`);
if (example !== "" && program !== "" && existsSync(file)) {
  await start(file, args);
} else {
  if (example !== "") process.stderr.write(`there is no example "${[example, program].join(" ").trim()}"\n`);
  process.stdout.write(`Examples:\n${await list()}\n`);
  process.exitCode = example === "" ? 0 : 1;
}
