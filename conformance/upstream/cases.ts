/**
 * Which test of ours stands for which case of upstream's own suites: `conformance/upstream-cases.json`.
 *
 * A case maps to `<file from the top of the repository>#<title as it stands in the source>`, or to a reason why there
 * is no such test. A whole suite may have one reason.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Why a case, or a whole suite, has no test here. */
export interface Reason {
  readonly reason: string;
}
export type Suite = Readonly<Record<string, string | Reason>>;

export interface UpstreamCases {
  /** The release of upstream whose suites these are. */
  readonly release: string;
  /** By `rust/<file>` and `python/<file>`. */
  readonly suites: Readonly<Record<string, Suite | Reason>>;
}

const REPOSITORY: string = fileURLToPath(new URL("../../../", import.meta.url));

export function readUpstreamCases(): UpstreamCases {
  return JSON.parse(readFileSync(path.join(REPOSITORY, "conformance/upstream-cases.json"), "utf8"));
}

export function isReason(entry: string | Suite | Reason): entry is Reason {
  return typeof entry === "object" && typeof entry["reason"] === "string" && Object.keys(entry).length === 1;
}

/** Where a case leads: `file#title`. */
export function parseTarget(target: string): { readonly file: string; readonly title: string } {
  const [file, title] = /^([^#]*)#(.*)$/.exec(target)?.slice(1) ?? [];
  if (file === undefined || title === undefined) throw new Error(`not of the form file#title: ${target}`);
  return { file, title };
}

/** The titles of the tests in a file, as they stand in its source: those of a loop with their placeholders. */
export function titlesOf(file: string): ReadonlySet<string> {
  const source = readFileSync(path.join(REPOSITORY, file), "utf8");
  const titles = source.matchAll(
    /\b(?:it|test|testBothDirections)\(\s*("(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)/g,
  );
  return new Set([...titles].map(([, literal]) => literal!.slice(1, -1).replace(/\\(.)/g, "$1")));
}

/** The names of the cases in the source of one of upstream's suites. */
export function casesIn(suite: string, source: string): string[] {
  const pattern = suite.endsWith(".rs")
    ? /#\[conformance_test\]\s*(?:#\[[^\]]*\]\s*)*pub fn (\w+)/g
    : /^def (test_\w+)/gm;
  return [...source.matchAll(pattern)].map(([, name]) => name!);
}
