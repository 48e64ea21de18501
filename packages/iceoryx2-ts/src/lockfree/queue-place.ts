import type { Region } from "../memory/region.ts";

/** Where the parts of a queue lie in a region, in bytes; the caller has checked that they are inside of it. */
export interface QueuePlace {
  readonly region: Region;
  readonly writePosition: number;
  readonly readPosition: number;
  readonly slots: number;
  /** How many values fit. */
  readonly capacity: number;
}

/** What a pop or push reports instead of a value. Values themselves are never negative. */
export const EMPTY = -1;
/** The positions of the peer contradict each other: the queue must not be used any more. */
export const CORRUPTED = -2;

const UPPER_HALF = 0x1_0000_0000;

/** A slot, in elements of `words`; slots are told by the index of their first. */
export const SLOT_WORDS = 2;

/** The index of the slot of this number. */
export function slotAt(firstSlot: number, number: number): number {
  return firstSlot + SLOT_WORDS * number;
}

/** Reads the 64-bit value of a slot; beyond 2^53 it loses digits, which every later check refuses. */
export function readSlot(words: Int32Array, index: number): number {
  const low = words[index]! >>> 0;
  const high = words[index + 1]!;
  return high === 0 ? low : (high >>> 0) * UPPER_HALF + low;
}

export function writeSlot(words: Int32Array, index: number, value: number): void {
  words[index] = value;
  words[index + 1] = value < UPPER_HALF ? 0 : Math.floor(value / UPPER_HALF);
}
