/**
 * A bag of entries with owners: who is registered at a service, per kind of port, and as nodes.
 * Upstream: `Container` of `RobustUniqueIndexSet`.
 *
 * ```text
 *  bag + 0   i64  pointer to generations  u64[capacity]   odd: the slot holds an entry
 *        8   i64  pointer to entries      T[capacity]
 *       16   u64  capacity
 *       24   u64  change counter                          grows with every change
 *       32   u8   initialised = 1
 *       40   u64  container id                            a number of the creator's, checked by nobody
 *       48   i64  pointer to owners       u64[capacity]   2^64-1: the slot is free
 *       56   u64  capacity
 *       64   u8   initialised = 1
 *       72   u64  index set generation                    grows with every claim and release; 2^64-1: locked
 * ```
 *
 * Invariants: a slot belongs to whoever exchanged its owner cell from free to its own id. Only the owner makes its
 * generation odd, after the entry is written. A reader that sees the same odd generation before and after it copied
 * an entry has a whole entry. A locked bag never admits anybody again: its service is being removed.
 */
import { add64, compareExchange64, load32, load64, peek32 } from "../memory/atomics.ts";
import type { Region } from "../memory/region.ts";

const GENERATIONS_POINTER = 0;
const ENTRIES_POINTER = GENERATIONS_POINTER + 8;
const CAPACITY = ENTRIES_POINTER + 8;
const CHANGE_COUNTER = CAPACITY + 8;
const IS_INITIALIZED = CHANGE_COUNTER + 8;
const CONTAINER_ID = IS_INITIALIZED + 8;
const OWNERS_POINTER = CONTAINER_ID + 8;
const INDEX_SET_CAPACITY = OWNERS_POINTER + 8;
const INDEX_SET_IS_INITIALIZED = INDEX_SET_CAPACITY + 8;
const INDEX_SET_GENERATION = INDEX_SET_IS_INITIALIZED + 8;
export const BAG_SIZE: number = INDEX_SET_GENERATION + 8;

const FREE = 0xffff_ffff_ffff_ffffn;
const LOCKED = 0xffff_ffff_ffff_ffffn;

/**
 * What a removal leaves behind. A locked bag admits nobody any more; `Locked` says that this very call locked it,
 * so that exactly one of those who leave at the same time removes the service.
 */
export type BagState = "Locked" | "AlreadyLocked" | "Unlocked";
export type RemoveMode = "Default" | "LockIfLast";
export type AddResult = { readonly slot: number } | "IsLocked" | "OutOfSpace";

/** Where the three arrays of a bag of this capacity go when `start` is the first free byte. */
export interface BagMemory {
  readonly owners: number;
  readonly generations: number;
  readonly entries: number;
  /** The first byte after the bag's memory. */
  readonly end: number;
}

export function layOutBagMemory(start: number, capacity: number, entrySize: number): BagMemory {
  const owners = start;
  const generations = owners + 8 * capacity;
  const entries = generations + 8 * capacity;
  return { owners, generations, entries, end: entries + entrySize * capacity };
}

export class Bag {
  readonly capacity: number;
  readonly entrySize: number;
  readonly #region: Region;
  /** Indices of the single words into `longs`. */
  readonly #changeCounter: number;
  readonly #indexSetGeneration: number;
  /** Indices of the first element into `longs`. */
  readonly #owners: number;
  readonly #generations: number;
  /** A byte offset. */
  readonly #entries: number;

  private constructor(
    region: Region,
    offset: number,
    memory: BagMemory,
    capacity: number,
    entrySize: number,
  ) {
    this.capacity = capacity;
    this.entrySize = entrySize;
    this.#region = region;
    this.#changeCounter = (offset + CHANGE_COUNTER) / 8;
    this.#indexSetGeneration = (offset + INDEX_SET_GENERATION) / 8;
    this.#owners = memory.owners / 8;
    this.#generations = memory.generations / 8;
    this.#entries = memory.entries;
  }

  /** Writes an empty bag at `offset` into memory that nobody else sees yet. */
  static initialize(
    region: Region,
    offset: number,
    memory: BagMemory,
    capacity: number,
    entrySize: number,
    id: number,
  ): Bag {
    const { longs, bytes } = region;
    region.writePointer(offset + GENERATIONS_POINTER, memory.generations);
    region.writePointer(offset + ENTRIES_POINTER, memory.entries);
    longs[(offset + CAPACITY) / 8] = BigInt(capacity);
    longs[(offset + CHANGE_COUNTER) / 8] = 0n;
    bytes[offset + IS_INITIALIZED] = 1;
    longs[(offset + CONTAINER_ID) / 8] = BigInt(id);
    region.writePointer(offset + OWNERS_POINTER, memory.owners);
    longs[(offset + INDEX_SET_CAPACITY) / 8] = BigInt(capacity);
    bytes[offset + INDEX_SET_IS_INITIALIZED] = 1;
    longs[(offset + INDEX_SET_GENERATION) / 8] = 0n;
    longs.fill(FREE, memory.owners / 8, memory.owners / 8 + capacity);
    longs.fill(0n, memory.generations / 8, memory.generations / 8 + capacity);
    return new Bag(region, offset, memory, capacity, entrySize);
  }

  /**
   * Attaches to a bag that somebody else wrote.
   *
   * @returns undefined if a pointer or the capacity does not fit the region.
   */
  static attach(region: Region, offset: number, entrySize: number): Bag | undefined {
    if (!region.contains(offset, BAG_SIZE)) return undefined;
    const capacity = region.size64(offset + CAPACITY);
    if (!(capacity >= 1 && capacity <= region.size)) return undefined;
    if (region.size64(offset + INDEX_SET_CAPACITY) !== capacity) return undefined;
    const generations = region.followPointer(offset + GENERATIONS_POINTER, 8 * capacity, 8);
    const entries = region.followPointer(offset + ENTRIES_POINTER, entrySize * capacity, 8);
    const owners = region.followPointer(offset + OWNERS_POINTER, 8 * capacity, 8);
    if (generations === undefined || entries === undefined || owners === undefined) return undefined;
    return new Bag(region, offset, { owners, generations, entries, end: 0 }, capacity, entrySize);
  }

  /**
   * The lower half of the change counter. It is compared for equality before every message: a peer registered or
   * left if it differs from last time.
   */
  get changeCounter(): number {
    return load32(this.#region.words, this.#changeCounter * 2);
  }

  /** The same, cheaply and perhaps late: see `peek32`. */
  get changeCounterSeen(): number {
    return peek32(this.#region.words, this.#changeCounter * 2);
  }

  get isLocked(): boolean {
    return load64(this.#region.longs, this.#indexSetGeneration) === LOCKED;
  }

  /** How many slots hold an entry at the moment. */
  get length(): number {
    let length = 0;
    for (let slot = 0; slot < this.capacity; slot++) {
      if (isOdd(load64(this.#region.longs, this.#generations + slot))) length++;
    }
    return length;
  }

  add(entry: Uint8Array, owner: bigint): AddResult {
    const { longs, bytes } = this.#region;
    const slot = this.#claim(owner);
    if (typeof slot !== "number") return slot;
    const generation = load64(longs, this.#generations + slot);
    // Odd means that a remover died between giving up the cell and the entry.
    if (isOdd(generation)) compareExchange64(longs, this.#generations + slot, generation, next(generation));
    bytes.set(entry, this.#entries + slot * this.entrySize);
    add64(longs, this.#generations + slot, 1n);
    add64(longs, this.#changeCounter, 1n);
    return { slot };
  }

  /** @returns the state afterwards, or undefined if the slot does not belong to `owner` (any more). */
  remove(slot: number, owner: bigint, mode: RemoveMode): BagState | undefined {
    const { longs } = this.#region;
    const generation = load64(longs, this.#generations + slot);
    if (compareExchange64(longs, this.#owners + slot, owner, FREE) !== owner) return undefined;
    this.#grow();
    const state = mode === "LockIfLast" ? this.lockIfEmpty() : "Unlocked";
    compareExchange64(longs, this.#generations + slot, generation, next(generation));
    add64(longs, this.#changeCounter, 1n);
    return state;
  }

  /**
   * Releases what a dead owner left. `release` is asked for each whole entry and may refuse, which keeps the entry
   * for the next cleaner.
   */
  recover(owner: bigint, release: (entry: Uint8Array) => boolean, mode: RemoveMode): BagState {
    if (this.isLocked) return "AlreadyLocked";
    const { longs } = this.#region;
    let state: BagState = "Unlocked";
    for (let slot = 0; slot < this.capacity && state === "Unlocked"; slot++) {
      if (load64(longs, this.#owners + slot) !== owner) continue;
      // An even generation means that the owner died between claiming the slot and publishing the entry.
      const entry = this.readSlot(slot)?.entry;
      if (entry !== undefined && !release(entry)) continue;
      const generation = load64(longs, this.#generations + slot);
      if (compareExchange64(longs, this.#owners + slot, owner, FREE) !== owner) continue;
      if (isOdd(generation)) {
        compareExchange64(longs, this.#generations + slot, generation, next(generation));
      }
      if (this.#grow() === LOCKED) state = "AlreadyLocked";
      else if (mode === "LockIfLast") state = this.lockIfEmpty();
    }
    add64(longs, this.#changeCounter, 1n);
    return state;
  }

  /** A whole copy of the entry of a slot and its generation, or undefined if the slot is empty. */
  readSlot(slot: number): { readonly generation: bigint; readonly entry: Uint8Array } | undefined {
    const { longs, bytes } = this.#region;
    const start = this.#entries + slot * this.entrySize;
    let generation = load64(longs, this.#generations + slot);
    while (isOdd(generation)) {
      const entry = bytes.slice(start, start + this.entrySize);
      // An exchange of equal values orders the copy before the second look at the generation.
      const current = compareExchange64(longs, this.#generations + slot, generation, generation);
      if (current === generation) return { generation, entry };
      generation = current;
    }
    return undefined;
  }

  /** Whole copies of all entries, in the order of their slots. */
  readAll(): Uint8Array[] {
    const entries: Uint8Array[] = [];
    for (let slot = 0; slot < this.capacity; slot++) {
      const entry = this.readSlot(slot)?.entry;
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  #claim(owner: bigint): number | "IsLocked" | "OutOfSpace" {
    const { longs } = this.#region;
    let before = load64(longs, this.#indexSetGeneration);
    for (;;) {
      if (before === LOCKED) return "IsLocked";
      for (let slot = 0; slot < this.capacity; slot++) {
        if (compareExchange64(longs, this.#owners + slot, FREE, owner) !== FREE) continue;
        // The cell stays claimed in a locked bag: it is on its way out as a whole.
        return this.#grow() === LOCKED ? "IsLocked" : slot;
      }
      const now = compareExchange64(longs, this.#indexSetGeneration, before, before);
      if (now === before) return "OutOfSpace";
      before = now;
    }
  }

  /** Marks a change of the index set; LOCKED if there is no changing it any more. */
  #grow(): bigint {
    const { longs } = this.#region;
    let current = load64(longs, this.#indexSetGeneration);
    while (current !== LOCKED) {
      const before = compareExchange64(longs, this.#indexSetGeneration, current, current + 1n);
      if (before === current) return current + 1n;
      current = before;
    }
    return LOCKED;
  }

  /** Locks the bag for ever if nobody is in it. */
  lockIfEmpty(): BagState {
    const { longs } = this.#region;
    for (;;) {
      const before = load64(longs, this.#indexSetGeneration);
      if (before === LOCKED) return "AlreadyLocked";
      const owned = this.#countOwned();
      const counted = this.#grow();
      // Somebody came or went while we counted: the count means nothing.
      if (counted !== before + 1n) continue;
      if (owned > 0) return "Unlocked";
      if (compareExchange64(longs, this.#indexSetGeneration, counted, LOCKED) === counted) return "Locked";
    }
  }

  #countOwned(): number {
    let owned = 0;
    for (let slot = 0; slot < this.capacity; slot++) {
      if (load64(this.#region.longs, this.#owners + slot) !== FREE) owned++;
    }
    return owned;
  }
}

/** One reader's knowledge of a bag: which slots hold what, as of its last look. */
export class BagSnapshot {
  readonly #bag: Bag;
  readonly #generations: bigint[];
  readonly #entries: (Uint8Array | undefined)[];
  #changeCounter: number | undefined;

  constructor(bag: Bag) {
    this.#bag = bag;
    this.#generations = new Array<bigint>(bag.capacity).fill(0n);
    this.#entries = new Array<Uint8Array | undefined>(bag.capacity).fill(undefined);
  }

  /** Whether an `update` is worth it, cheaply and perhaps late: see `peek32`. */
  get isOutdated(): boolean {
    return this.#bag.changeCounterSeen !== this.#changeCounter;
  }

  /** Looks again. @returns whether anything may have changed; one atomic load if not. */
  update(): boolean {
    const changeCounter = this.#bag.changeCounter;
    if (changeCounter === this.#changeCounter) return false;
    this.#changeCounter = changeCounter;
    for (let slot = 0; slot < this.#bag.capacity; slot++) {
      const current = this.#bag.readSlot(slot);
      if (current !== undefined && current.generation === this.#generations[slot]) continue;
      this.#generations[slot] = current?.generation ?? 0n;
      this.#entries[slot] = current?.entry;
    }
    return true;
  }

  /** The entry of a slot as of the last look. */
  entry(slot: number): Uint8Array | undefined {
    return this.#entries[slot];
  }

  get capacity(): number {
    return this.#bag.capacity;
  }
}

function isOdd(generation: bigint): boolean {
  return (generation & 1n) === 1n;
}

function next(generation: bigint): bigint {
  return BigInt.asUintN(64, generation + 1n);
}
