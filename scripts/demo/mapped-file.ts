/** Where a piece of shared memory lies: in this process, and in the file that all processes share. */
import { readFileSync } from "node:fs";

export interface MappedFile {
  /** The path below /dev/shm. */
  readonly path: string;
  /** The address in this process, in hexadecimal. */
  readonly address: string;
  /** Whether this process may write to it. */
  readonly writable: boolean;
}

/** The data segments that this process has mapped, as the kernel tells it. */
export function mappedDataSegments(): MappedFile[] {
  return readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .map((line) => /^([0-9a-f]+)-[0-9a-f]+ .(.).. \S+ \S+ \S+ +(\/dev\/shm\/\S+\.data)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, address = "", write, path = ""]) => ({
      path,
      address: `0x${address}`,
      writable: write === "w",
    }));
}
