/**
 * The Rust programs of the tests and benchmarks, built against the released crates, once per checkout.
 *
 * Without cargo they are left out with that reason. Where there is one, a build that fails is a failure.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "./python.ts";

/** The packages of the workspace in Cargo.toml. */
export type RustProgram = "peer" | "side";

const run = promisify(execFile);
const target = join(REPOSITORY, "node_modules", ".cache", "rust");

const builds = new Map<RustProgram, Promise<string>>();

/**
 * Builds a program unless it is built already, and returns its path. Throws with cargo's words if it cannot be built.
 * Test files run at the same time: cargo lets the others wait for the first one.
 */
export function buildRust(program: RustProgram): Promise<string> {
  const started = builds.get(program) ?? build(program);
  builds.set(program, started);
  return started;
}

async function build(program: RustProgram): Promise<string> {
  const args = ["build", "--quiet", "--release", "--package", program, "--target-dir", target];
  await run("cargo", args, { cwd: REPOSITORY });
  return join(target, "release", program);
}

async function hasCargo(): Promise<boolean> {
  return run("cargo", ["--version"]).then(
    () => true,
    () => false,
  );
}

/** The value for `{ skip }` of every test that needs a Rust program: `false`, or the reason why there is none. */
export const skipWithoutRust: string | false =
  !(await hasCargo()) && "no Rust peer: cargo is needed (Rust 1.89 or later)";
