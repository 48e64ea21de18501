/** Who imports whom inside the library: the strata of docs/architecture.md, cycles and dead files. */
import { posix } from "node:path";
import { type Finding, isTest, lineAt, type ProjectFile, withoutComments } from "./project-file.ts";

/** One import of one file. `target` is a path where it points into the project, else the name of a package. */
export interface Import {
  readonly source: string;
  readonly target: string;
  readonly line: number;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
}

/**
 * The strata, lowest first. An import may point to the same top-level folder or to a lower stratum; folders of
 * one stratum do not know each other.
 */
const STRATA: readonly (readonly string[])[] = [
  ["base"],
  ["os"],
  ["memory"],
  ["payload", "config"],
  ["lockfree"],
  ["transport"],
  ["node"],
  ["service"],
  ["recovery"],
  ["lifecycle"],
  ["port"],
  ["waitset"],
  ["api"],
  ["rpc", "sockets", "lowlevel", "testing"],
  ["index.ts", "lowlevel.ts", "sockets.ts", "testing.ts"],
];

/** The keys of `exports`: nothing imports them, everything may be imported by them. */
const ENTRY_POINTS = STRATA.at(-1) ?? [];

const STATEMENT = /\b(?:import|export)\s+(type\s)?[^"';]*?\bfrom\s*"([^"]+)"|\bimport\s*\(?\s*()"([^"]+)"/g;

/** The static and dynamic imports and re-exports of a file. */
export function importsOf({ path, text }: ProjectFile): Import[] {
  return [...withoutComments(text).matchAll(STATEMENT)].map((match) => {
    const specifier = match[2] ?? match[4] ?? "";
    const target = specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier;
    return { source: path, target, line: lineAt(text, match.index), typeOnly: match[1] !== undefined };
  });
}

function folderOf(path: string, root: string): string {
  return path.slice(root.length).split("/")[0] ?? "";
}

function rankOf(folder: string): number {
  return STRATA.findIndex((stratum) => stratum.includes(folder));
}

/** Imports that point upwards or sideways, and folders that are in no stratum. Tests may import what they test with. */
export function findWrongDirections(files: readonly ProjectFile[], root: string): Finding[] {
  const sources = files.filter(({ path }) => !isTest(path));
  return sources.flatMap((file): Finding[] => {
    const folder = folderOf(file.path, root);
    const rank = rankOf(folder);
    if (rank < 0) return [{ path: file.path, line: undefined, message: `"${folder}" is in no stratum` }];
    return importsOf(file)
      .filter(({ target }) => target.startsWith(root) && folderOf(target, root) !== folder)
      .filter(({ target }) => rankOf(folderOf(target, root)) >= rank)
      .map(({ target, line }) => ({
        path: file.path,
        line,
        message: `"${folder}" must not import from "${folderOf(target, root)}", which is not below it`,
      }));
  });
}

/** Groups of files that import each other in a circle when they are loaded; one finding per circle. */
export function findCycles(files: readonly ProjectFile[]): Finding[] {
  const targets = new Map(
    files.map((file) => [file.path, importsOf(file).filter(({ typeOnly }) => !typeOnly)]),
  );
  const finished = new Set<string>();
  const findings: Finding[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = [...trail.slice(start), path].join(" -> ");
      findings.push({ path, line: undefined, message: `imports itself through ${circle}` });
    }
    if (start >= 0 || finished.has(path)) return;
    for (const { target } of targets.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return findings;
}

/** Files that no other file imports and that are neither an entry point nor a test. */
export function findUnused(files: readonly ProjectFile[], root: string): Finding[] {
  const used = new Set(files.flatMap(importsOf).map(({ target }) => target));
  return files
    .map(({ path }) => path)
    .filter((path) => !used.has(path) && !isTest(path) && !ENTRY_POINTS.includes(path.slice(root.length)))
    .map((path) => ({ path, line: undefined, message: "is imported by nobody: delete it or export it" }));
}
