/** The lock file is complete: `npm ci` works on every platform. */
import type { Finding, ProjectFile } from "./project-file.ts";

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Optional dependencies without an entry of their own. npm leaves them out when it writes the file beside an
 * existing `node_modules` or cannot find them, and `npm ci` then refuses the file.
 */
export function findIncompleteLock({ path, text }: ProjectFile): Finding[] {
  if (path !== "package-lock.json") return [];
  const { packages = {} } = JSON.parse(text) as { packages?: Readonly<Record<string, LockedPackage>> };
  return Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${owner}/node_modules/${name}` in packages),
      )
      .map((name) => ({ path, line: undefined, message: `${owner} needs an entry for ${name}` })),
  );
}
