/**
 * Upstream, as root, waits for ever for shared memory that was created but has no size yet; docs/differences.md names
 * it. Whoever dies between these two steps leaves such memory behind, and a cleaner of upstream's that meets it hangs
 * with the lock of the dead node, which keeps everybody else from cleaning up. Only killing it helps.
 */
import { statSync } from "node:fs";
import { setInterval } from "node:timers/promises";
import { sharedMemoryOf } from "./shared-memory.ts";

const CHECK_INTERVAL = 1000;
/** In milliseconds; nobody is between the two steps for so long. */
const AGE = 5000;

/** Settles when a domain has memory that nobody will give a size any more. @param signal ends the search. */
export async function findMemoryWithoutSize(prefix: string, signal: AbortSignal): Promise<string> {
  for await (const _ of setInterval(CHECK_INTERVAL, undefined, { signal })) {
    const name = memoryWithoutSize(prefix);
    if (name !== undefined) return name;
  }
  throw signal.reason;
}

export function memoryWithoutSize(prefix: string): string | undefined {
  return sharedMemoryOf(prefix).find((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found !== undefined && found.size === 0 && Date.now() - found.mtimeMs > AGE;
  });
}
