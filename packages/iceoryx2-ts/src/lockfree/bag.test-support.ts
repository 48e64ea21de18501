/** Bags in memory of their own. */
import { Region } from "../memory/region.ts";
import { BAG_SIZE, Bag, layOutBagMemory } from "./bag.ts";

export const ENTRY_SIZE = 16;
const START = 8;
const MEMORY: number = START + BAG_SIZE;

export function bagRegionSize(capacity: number): number {
  return layOutBagMemory(MEMORY, capacity, ENTRY_SIZE).end;
}

export function initializeBag(region: Region, capacity: number): Bag {
  const memory = layOutBagMemory(MEMORY, capacity, ENTRY_SIZE);
  return Bag.initialize(region, START, memory, capacity, ENTRY_SIZE, 0);
}

export function newBag(capacity: number): { readonly bag: Bag; readonly region: Region } {
  const size = bagRegionSize(capacity);
  const region = new Region(new ArrayBuffer(size), size);
  return { bag: initializeBag(region, capacity), region };
}

/** As another process sees it. */
export function attachBag(region: Region): Bag | undefined {
  return Bag.attach(region, START, ENTRY_SIZE);
}

/** An entry whose bytes are all the same, so that a torn one shows. */
export function entryOf(value: number): Uint8Array {
  return new Uint8Array(ENTRY_SIZE).fill(value);
}

/** What an entry says, or NaN for one that nobody added. */
export function valueOfEntry(entry: Uint8Array): number {
  const [value = 0] = entry;
  return value > 0 && entry.length === ENTRY_SIZE && entry.every((byte) => byte === value)
    ? value
    : Number.NaN;
}

/** The values of all entries, by slot. */
export function valuesIn(bag: Bag): (number | undefined)[] {
  return Array.from({ length: bag.capacity }, (_, slot) => {
    const entry = bag.readSlot(slot)?.entry;
    return entry === undefined ? undefined : valueOfEntry(entry);
  });
}
