/** Which test files there are, and which of them make up a set. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { REPOSITORY } from "./workspace.ts";

/** `check` is what only developers and CI run: lint, the package as its users get it, other releases of Node. */
export type TestSet = "unit" | "conformance" | "check" | "smoke";

/** Where sources and built files lie beside each other: [built, sources]. */
const PROJECTS: readonly (readonly [dist: string, source: string])[] = [
  ["packages/iceoryx2-ts/dist", "packages/iceoryx2-ts/src"],
  ["scripts/dist", "scripts"],
  ["conformance/dist", "conformance"],
];

/** A small part of everything that touches the runtime: what another release of Node could break. */
const SMOKE: readonly string[] = [
  "packages/iceoryx2-ts/dist/os/",
  "packages/iceoryx2-ts/dist/memory/",
  "packages/iceoryx2-ts/dist/lockfree/",
  "conformance/dist/",
];

/** Long runs, which Node 20 and the newest release go through. */
const LONG: readonly string[] = ["endurance", "event-stress", "kill", "life", "pair-kills"].map(
  (folder) => `conformance/dist/${folder}/`,
);

/** The built test files of a set (unit and conformance by default), as paths from the top of the repository. */
export async function testFiles(set: TestSet | undefined): Promise<string[]> {
  const all = (await Promise.all(PROJECTS.map(([dist, source]) => builtTests(dist, source)))).flat();
  const conformance = (path: string): boolean => path.startsWith("conformance/");
  const check = (path: string): boolean => path.endsWith(".check.js");
  const within = (path: string, places: readonly string[]): boolean =>
    places.some((start) => path.startsWith(start));
  const smoke = (path: string): boolean => within(path, SMOKE) && !within(path, LONG);
  switch (set) {
    case undefined:
      return all.filter((path) => !check(path));
    case "unit":
      return all.filter((path) => !check(path) && !conformance(path));
    case "conformance":
      return all.filter(conformance);
    case "check":
      return all.filter(check);
    case "smoke":
      return all.filter(smoke);
  }
}

async function builtTests(dist: string, source: string): Promise<string[]> {
  const root = join(REPOSITORY, dist);
  const entries = existsSync(root) ? await readdir(root, { recursive: true }) : [];
  return (
    entries
      .filter((path) => /\.(test|check)\.js$/.test(path))
      // The compiler does not remove what it built from a file that is gone since.
      .filter((path) => existsSync(join(REPOSITORY, source, path.replace(/\.js$/, ".ts"))))
      .map((path) => relative(REPOSITORY, join(root, path)).split(sep).join("/"))
      .sort()
  );
}
