/** A process that pushes into an overflowing queue in shared memory as fast as it can. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { SharedMemory } from "../memory/shared-memory.test-support.ts";
import { OverflowingIndexQueueProducer } from "./overflowing-index-queue.ts";
import { queuePlaceIn } from "./queue-place.test-support.ts";
import { EMPTY } from "./queue-place.ts";

export const PUSHES = 300_000;

/** The value of a push; both halves tell it, so that a torn one shows. */
export function valueFor(push: number): number {
  return push * 2 ** 32 + push;
}

/** Which push a value is of, or NaN for one that nobody pushed. */
export function pushOf(value: number): number {
  const push = Math.floor(value / 2 ** 32);
  return push > 0 && valueFor(push) === value ? push : Number.NaN;
}

/** What the process says at its end. */
export interface Report {
  readonly evicted: number;
  readonly sumOfEvicted: number;
  /** Evicted values that nobody pushed or that are older than the one before. */
  readonly wrong: readonly number[];
}

/** Starts the process; it pushes when it is sent a message, answers with a `Report` and ends. */
export async function startPushingProcess(memory: SharedMemory, capacity: number): Promise<ChildProcess> {
  const child = fork(import.meta.filename, [memory.name, String(capacity)]);
  await once(child, "message");
  return child;
}

function pushEverything(name: string, capacity: number): Report {
  using memory = SharedMemory.open(name);
  const producer = new OverflowingIndexQueueProducer(queuePlaceIn(memory.region, capacity));
  const wrong: number[] = [];
  let evicted = 0;
  let sumOfEvicted = 0;
  let last = 0;
  for (let push = 1; push <= PUSHES; push++) {
    const value = producer.push(valueFor(push));
    if (value === EMPTY) continue;
    evicted++;
    sumOfEvicted += pushOf(value);
    if (!(pushOf(value) > last)) wrong.push(value);
    last = pushOf(value);
  }
  return { evicted, sumOfEvicted, wrong };
}

if (process.argv[1] === import.meta.filename) {
  process.once("message", () => {
    const report = pushEverything(process.argv[2]!, Number(process.argv[3]));
    process.send?.(report, () => process.disconnect?.());
  });
  process.send?.("ready");
}
