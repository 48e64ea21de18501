/** Where things are in this repository, wherever the scripts themselves were built to. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The top folder of the repository. */
export const REPOSITORY: string = fileURLToPath(
  new URL("../..", import.meta.resolve("iceoryx2-ts/package.json")),
);

/** The folder of the published package. */
export const LIBRARY: string = join(REPOSITORY, "packages", "iceoryx2-ts");

/** What scripts fetch or make once per checkout; `npm ci` empties it. */
export const CACHE: string = join(REPOSITORY, "node_modules", ".cache");
