/** Runs the programs that a check is about, and fetches those that only checks need. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { CACHE, REPOSITORY } from "../workspace.ts";

const run = promisify(execFile);

/** A whole test suite prints much. */
const MAX_OUTPUT = 64 << 20;

/**
 * Runs a program to its end and returns what it wrote to stdout. Throws with everything it wrote if it fails.
 * `cwd` is the top of the repository unless given.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  cwd: string = REPOSITORY,
): Promise<string> {
  // node:test refuses to run tests inside a test unless it does not know of it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  try {
    const { stdout } = await run(program, args, { cwd, env, maxBuffer: MAX_OUTPUT });
    return stdout;
  } catch (error) {
    // Not as a cause: that would print the same output once more.
    const { stdout = "", stderr = "" } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`failed: ${[program, ...args].join(" ")}\n${stdout}\n${stderr}`);
  }
}

/** Installs a package apart from the project, once per checkout, and returns its folder. */
export async function fetchPackage(name: string, version: string): Promise<string> {
  const prefix = join(CACHE, `${name}-${version}`);
  const folder = join(prefix, "node_modules", name);
  if (!existsSync(folder)) {
    await mkdir(prefix, { recursive: true });
    await runCommand("npm", [
      "install",
      "--prefix",
      prefix,
      "--no-save",
      "--ignore-scripts",
      `${name}@${version}`,
    ]);
  }
  return folder;
}
