/** A piece of /dev/shm for tests of what lies below `transport/`. */
import process from "node:process";
import { hostOs } from "../os/host.ts";
import type { Mapping } from "../os/os.ts";
import { Region } from "./region.ts";

const PREFIX = `t_${process.pid}_memory_`;
let created = 0;

/** What this process created and did not remove. */
export function sharedMemoryLeft(): string[] {
  return hostOs()
    .shmList()
    .filter((name) => name.startsWith(PREFIX));
}

/** Gone with the object of the process that created it. */
export class SharedMemory implements Disposable {
  readonly name: string;
  readonly region: Region;
  readonly #mapping: Mapping;
  readonly #isOwner: boolean;

  private constructor(name: string, size: number, fd: number, isOwner: boolean) {
    this.name = name;
    this.#mapping = hostOs().map(fd, size, true);
    this.region = new Region(this.#mapping.buffer, size);
    this.#isOwner = isOwner;
    hostOs().close(fd);
  }

  static create(size: number): SharedMemory {
    const name = `${PREFIX}${created++}`;
    const fd = hostOs().shmCreateExclusive(name, 0o600);
    hostOs().ftruncate(fd, size);
    return new SharedMemory(name, size, fd, true);
  }

  /** What another process created. */
  static open(name: string): SharedMemory {
    const fd = hostOs().shmOpen(name, "readWrite");
    return new SharedMemory(name, hostOs().fstat(fd).size, fd, false);
  }

  [Symbol.dispose](): void {
    this.#mapping.unmap();
    if (this.#isOwner) hostOs().shmUnlink(this.name);
  }
}
