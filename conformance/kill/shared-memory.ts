/** What a domain has in shared memory. */
import { readdirSync } from "node:fs";
import path from "node:path";

const DIRECTORY = "/dev/shm";

/** The paths of everything that is there now. */
export function sharedMemoryOf(prefix: string): string[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.startsWith(prefix))
    .map((name) => path.join(DIRECTORY, name));
}
