/** The tests pass with every supported release of Node; `npm test` covers the one that is installed. */
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fetchPackage, runCommand } from "./command.ts";

const RELEASES = [
  { major: 26, set: [] },
  { major: 24, set: ["--smoke"] },
  { major: 22, set: ["--smoke"] },
] as const;

for (const { major, set } of RELEASES) {
  test(`Node ${major}: ${set.length === 0 ? "the whole suite" : "smoke tests"}`, async (t) => {
    const folder = await fetchPackage(`node-${process.platform}-${process.arch}`, String(major));
    const tests = ["scripts/dist/test.js", "--node", join(folder, "bin", "node"), ...set];
    const output = await runCommand(process.execPath, tests);
    t.diagnostic(`Node ${major}: ${output.trimEnd().split("\n").slice(-2).join(": ")}`);
  });
}
