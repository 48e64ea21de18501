import { join } from "node:path";
import { test } from "node:test";
import { CACHE } from "../workspace.ts";
import { runCommand } from "./command.ts";

/** The tools come with cargo, but not with every installation of it. */
async function isMissing(tool: "fmt" | "clippy"): Promise<string | false> {
  return runCommand("cargo", [tool, "--version"]).then(
    () => false,
    () => `there is no cargo ${tool}`,
  );
}

test("the Rust programs are formatted", { skip: await isMissing("fmt") }, async () => {
  await runCommand("cargo", ["fmt", "--all", "--check"]);
});

test("clippy finds nothing in the Rust programs", { skip: await isMissing("clippy") }, async () => {
  const options = ["--quiet", "--release", "--target-dir", join(CACHE, "rust")];
  await runCommand("cargo", ["clippy", ...options, "--", "--deny", "warnings"]);
});
