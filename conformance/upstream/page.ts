/**
 * Prints which of upstream's cases have which test here, as a page:
 *
 *     npm run upstream-cases
 *     npm run upstream-cases -- --compare rust=<folder with *.rs> --compare python=<folder with *_tests.py>
 *
 * With `--compare` it lists instead what differs from the sources of a release, and fails if anything does.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { casesIn, isReason, parseTarget, readUpstreamCases, type Suite } from "./cases.ts";

const { values } = parseArgs({ options: { compare: { type: "string", multiple: true } } });
const { release, suites } = readUpstreamCases();

function page(): string {
  const lines = [`# Upstream's cases (${release})`];
  for (const [name, suite] of Object.entries(suites)) {
    lines.push("", `## ${name}`, "");
    if (isReason(suite)) lines.push(`None: ${suite.reason}`);
    else lines.push("| Case | Here |", "|---|---|", ...Object.entries(suite).map(row));
  }
  return lines.join("\n");
}

function row([name, entry]: [string, Suite[string]]): string {
  if (isReason(entry)) return `| \`${name}\` | none: ${entry.reason} |`;
  const { file, title } = parseTarget(entry as string);
  return `| \`${name}\` | [${title}](../${file}) |`;
}

/** What is in the sources of a release and not in the table, and the other way round. */
function differences(language: string, folder: string): string[] {
  const found = readdirSync(folder).filter((file) => /\.rs$|_tests\.py$/.test(file));
  return found.flatMap((file) => {
    const name = `${language}/${file}`;
    const cases = new Set(casesIn(file, readFileSync(path.join(folder, file), "utf8")));
    const suite = suites[name];
    if (suite === undefined) return cases.size === 0 ? [] : [`${name}: missing suite`];
    if (isReason(suite)) return [];
    const missing = [...cases].filter((caseName) => !(caseName in suite));
    const surplus = Object.keys(suite).filter((caseName) => !cases.has(caseName));
    return [
      ...missing.map((it) => `${name}: missing ${it}`),
      ...surplus.map((it) => `${name}: no such case ${it}`),
    ];
  });
}

if (values.compare === undefined) {
  process.stdout.write(`${page()}\n`);
} else {
  const found = values.compare.flatMap((pair) => differences(...(pair.split("=") as [string, string])));
  process.stdout.write(found.length === 0 ? "no difference\n" : `${found.join("\n")}\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
