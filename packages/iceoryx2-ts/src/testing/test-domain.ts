/**
 * A domain of its own for a test: nobody outside sees it, and the test can check that it left nothing behind.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { Config, type ConfigOverrides } from "../config/config.ts";

const SHARED_MEMORY_DIRECTORY = "/dev/shm";
/** What every domain keeps for ever, as upstream does: the counter of its nodes. */
const GLOBAL_MANAGEMENT_SUFFIX = ".global_mgmt";

let domains = 0;

export class TestDomain implements Disposable {
  /** Begins the name of everything in shared memory. */
  readonly prefix: string;
  /** The directory of all files; it ends with a slash. */
  readonly rootPath: string;
  /** The defaults with this prefix and root path. */
  readonly config: Config;

  /** @param overrides further settings. */
  constructor(overrides: ConfigOverrides = {}) {
    domains++;
    const directory = mkdtempSync(path.join(tmpdir(), "iceoryx2-ts-"));
    this.rootPath = `${directory}/`;
    // The directory's random ending tells domains of processes with the same id in other containers apart.
    this.prefix = `t${process.pid}_${domains}_${directory.slice(-6)}_`;
    const { prefix, rootPath } = this;
    this.config = Config.with(Config.with(Config.default(), overrides), { global: { prefix, rootPath } });
  }

  /** The names of everything that is in shared memory and in files now, but for the counter of nodes. */
  leftovers(): string[] {
    const files = readdirSync(this.rootPath, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.join(entry.parentPath, entry.name));
    return [...this.#sharedMemory().filter((name) => !name.endsWith(GLOBAL_MANAGEMENT_SUFFIX)), ...files];
  }

  /** @throws Error that lists what is left. */
  assertClean(): void {
    const leftovers = this.leftovers();
    if (leftovers.length === 0) return;
    throw new Error(`the domain "${this.prefix}" is not clean:\n  ${leftovers.join("\n  ")}`);
  }

  /** Removes the domain with everything in it. */
  [Symbol.dispose](): void {
    for (const name of this.#sharedMemory())
      rmSync(path.join(SHARED_MEMORY_DIRECTORY, name), { recursive: true, force: true });
    rmSync(this.rootPath, { recursive: true, force: true });
  }

  #sharedMemory(): string[] {
    return readdirSync(SHARED_MEMORY_DIRECTORY).filter((name) => name.startsWith(this.prefix));
  }
}
