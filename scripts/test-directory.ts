/** The temporary directory of one run of the tests: what is in it at the end was left behind. */
import { chmodSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SHARED_MEMORY = "/dev/shm";

export class TestDirectory {
  /** Short, as the path of a socket in it must be. */
  readonly path: string = mkdtempSync(join(tmpdir(), "t-"));

  constructor() {
    // Tests that run as another user have to find what is in it.
    chmodSync(this.path, 0o755);
  }

  /**
   * Ends a run whose tests all had their time.
   *
   * @returns what they left in the directory, which stays then: it may be the evidence of a failure.
   */
  close(): string[] {
    this.#removeSharedMemory();
    const leftovers = readdirSync(this.path);
    if (leftovers.length === 0) rmdirSync(this.path);
    return leftovers.map((name) => join(this.path, name));
  }

  /** Ends a run that was interrupted: its tests could not tidy up. */
  remove(): void {
    this.#removeSharedMemory();
    rmSync(this.path, { recursive: true, force: true });
  }

  /** That of the domains whose directories are still there: their random endings are in its names. */
  #removeSharedMemory(): void {
    const endings = readdirSync(this.path).flatMap((name) => /-(\w{6})$/.exec(name)?.[1] ?? []);
    for (const name of readdirSync(SHARED_MEMORY)) {
      if (endings.some((ending) => name.includes(`_${ending}_`))) rmSync(join(SHARED_MEMORY, name));
    }
  }
}
