/** A process that adds to counters in shared memory as fast as it can, against the one that started it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { add32, compareExchange32, compareExchange64, load32, load64 } from "./atomics.ts";
import type { Region } from "./region.ts";
import { SharedMemory } from "./shared-memory.test-support.ts";

/** Indices: of the 32-bit counters into `words`, of the 64-bit one into `longs`. */
export const ADDED = 0;
export const EXCHANGED = 1;
export const EXCHANGED_LONG = 1;

export const ADDITIONS = 3_000_000;
export const EXCHANGES = 200_000;
/** Both halves of a long grow, so that a torn access shows. */
export const LONG_STEP = 0x1_0000_0001n;

/** What both processes do. */
export function addUp({ words, longs }: Region): void {
  for (let i = 0; i < ADDITIONS; i++) add32(words, ADDED, 1);
  for (let i = 0; i < EXCHANGES; i++) {
    let before = load32(words, EXCHANGED);
    for (;;) {
      const found = compareExchange32(words, EXCHANGED, before, before + 1);
      if (found === before) break;
      before = found;
    }
  }
  for (let i = 0; i < EXCHANGES; i++) {
    let before = load64(longs, EXCHANGED_LONG);
    for (;;) {
      const found = compareExchange64(longs, EXCHANGED_LONG, before, before + LONG_STEP);
      if (found === before) break;
      before = found;
    }
  }
}

/** Starts the process; it adds when it is sent a message, and ends. */
export async function startAddingProcess(memory: SharedMemory): Promise<ChildProcess> {
  const child = fork(import.meta.filename, [memory.name]);
  await once(child, "message");
  return child;
}

if (process.argv[1] === import.meta.filename) {
  process.once("message", () => {
    using memory = SharedMemory.open(process.argv[2]!);
    addUp(memory.region);
    process.disconnect?.();
  });
  process.send?.("ready");
}
