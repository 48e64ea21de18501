/**
 * A bounded queue of 64-bit values with one producer and one consumer, in which the producer may take the oldest
 * value back to make room. Upstream: `spsc::SafelyOverflowingIndexQueue`.
 *
 * ```text
 *   write position   u64   how many were ever pushed              written by the producer alone
 *   read position    u64   how many were ever popped or evicted   exchanged by both
 *   slots            u64[capacity + 1]                            position p lives in slot p mod (capacity + 1)
 * ```
 *
 * Invariants: read <= write <= read + capacity, but for the moment between a push into the full queue and its
 * eviction, in which write = read + capacity + 1. That is why there is one slot more: what the consumer may just be
 * copying is never overwritten, and whoever moves the read position over a value owns it.
 *
 * As positions only grow, each side goes by the last position of the other side that it saw, and looks again only
 * when that one says that the queue is full, or empty, or when an exchange fails.
 */
import { load32, load64 } from "../memory/atomics.ts";
import { advancePosition, lowerHalf, storePosition, upperHalf } from "./position.ts";
import { CORRUPTED, EMPTY, type QueuePlace, readSlot, SLOT_WORDS, slotAt, writeSlot } from "./queue-place.ts";

export class OverflowingIndexQueueProducer {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #writeIndex: number;
  readonly #readIndex: number;
  readonly #firstSlot: number;
  readonly #lastSlot: number;
  #write: number;
  /** The read position when we last looked. */
  #readSeen: number;
  /** Where the next value goes. */
  #slot: number;

  constructor({ region, writePosition, readPosition, slots, capacity }: QueuePlace) {
    this.capacity = capacity;
    this.#words = region.words;
    this.#longs = region.longs;
    this.#writeIndex = writePosition / 4;
    this.#readIndex = readPosition / 4;
    this.#firstSlot = slots / 4;
    this.#lastSlot = slotAt(this.#firstSlot, capacity);
    const write = load64(region.longs, writePosition / 8);
    this.#write = lowerHalf(write);
    this.#readSeen = load32(region.words, readPosition / 4);
    this.#slot = slotAt(this.#firstSlot, Number(write % BigInt(capacity + 1)));
  }

  /** Whether a push would evict. It can become false by itself, but not true. Nonsense is not full: a push tells. */
  get isFull(): boolean {
    return (this.#write - this.#readSeen) >>> 0 >= this.capacity && this.#refresh() === this.capacity;
  }

  /**
   * Pushes, and evicts the oldest value if there is no room.
   *
   * @returns the evicted value, `EMPTY` if none was evicted, or `CORRUPTED`: then nothing was pushed.
   */
  push(value: number): number {
    let length = (this.#write - this.#readSeen) >>> 0;
    if (length >= this.capacity) length = this.#refresh();
    if (length > this.capacity) return CORRUPTED;
    const slot = this.#slot;
    writeSlot(this.#words, slot, value);
    this.#slot = slot === this.#lastSlot ? this.#firstSlot : slot + SLOT_WORDS;
    this.#write = (this.#write + 1) | 0;
    storePosition(this.#words, this.#longs, this.#writeIndex, this.#write);
    return length < this.capacity ? EMPTY : this.#evict();
  }

  #evict(): number {
    if (!advancePosition(this.#words, this.#longs, this.#readIndex, this.#readSeen)) return EMPTY;
    // The oldest of a full ring is in the slot that the next push will take.
    return readSlot(this.#words, this.#slot);
  }

  #refresh(): number {
    this.#readSeen = load32(this.#words, this.#readIndex);
    return (this.#write - this.#readSeen) >>> 0;
  }
}

export class OverflowingIndexQueueConsumer {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #writeIndex: number;
  readonly #readIndex: number;
  readonly #firstSlot: number;
  readonly #lastSlot: number;
  /** The last read position that we saw, its upper half, and the slot there. */
  #read: number;
  #readHigh: number;
  #slot: number;
  /** The write position when we last looked. */
  #writeSeen: number;

  constructor({ region, writePosition, readPosition, slots, capacity }: QueuePlace) {
    this.capacity = capacity;
    this.#words = region.words;
    this.#longs = region.longs;
    this.#writeIndex = writePosition / 4;
    this.#readIndex = readPosition / 4;
    this.#firstSlot = slots / 4;
    this.#lastSlot = slotAt(this.#firstSlot, capacity);
    this.#read = 0;
    this.#readHigh = 0;
    this.#slot = this.#firstSlot;
    this.#relocate();
    this.#writeSeen = this.#read;
  }

  get isEmpty(): boolean {
    return load32(this.#words, this.#readIndex) === load32(this.#words, this.#writeIndex);
  }

  /** Looks how many values wait; some may be evicted before they are popped. @returns that, or `CORRUPTED`. */
  refresh(): number {
    const write = load32(this.#words, this.#writeIndex);
    const length = (write - this.#read) >>> 0;
    // A producer evicts from a full queue only: if it is not more than full from where we stopped, it did not.
    if (length > this.capacity || this.#isRelocated) return this.#refreshBoth();
    // Or 2^32 values passed, and the read position is just about to follow.
    if (length === 0 && load32(this.#words, this.#readIndex) !== this.#read) return this.#refreshBoth();
    this.#writeSeen = write;
    return length;
  }

  /** @returns the oldest value, `EMPTY` or `CORRUPTED`. */
  pop(): number {
    let length = (this.#writeSeen - this.#read) >>> 0;
    if (length === 0) length = this.refresh();
    for (; length > 0; length = this.#refreshBoth()) {
      const value = readSlot(this.#words, this.#slot);
      if (advancePosition(this.#words, this.#longs, this.#readIndex, this.#read)) {
        this.#step();
        return value;
      }
    }
    return length === 0 ? EMPTY : CORRUPTED;
  }

  #step(): void {
    const read = (this.#read + 1) | 0;
    if (read === 0) {
      // The lower half wrapped: the next look finds another upper half.
      this.#writeSeen = this.#read;
      return;
    }
    const slot = this.#slot;
    this.#slot = slot === this.#lastSlot ? this.#firstSlot : slot + SLOT_WORDS;
    this.#read = read;
  }

  /**
   * Whether the lower half of the read position wrapped. Asked after a look at a position: if this is still the upper
   * half that we know, it belonged to what that look saw.
   */
  get #isRelocated(): boolean {
    return this.#words[this.#readIndex + 1] !== this.#readHigh;
  }

  /** As `refresh`, wherever the read position may be by now. */
  #refreshBoth(): number {
    for (;;) {
      const read = load32(this.#words, this.#readIndex);
      if (this.#isRelocated) {
        this.#relocate();
        continue;
      }
      const write = load32(this.#words, this.#writeIndex);
      const length = (write - read) >>> 0;
      if (length > this.capacity + 1) {
        // The producer went on since we looked at the read position; if that did not move, it is nonsense.
        if (load32(this.#words, this.#readIndex) === read) return CORRUPTED;
        continue;
      }
      this.#catchUp(read);
      this.#writeSeen = write;
      return length;
    }
  }

  /** Moves to the read position `low` of the upper half that we know. */
  #catchUp(low: number): void {
    const distance = (low - this.#read) >>> 0;
    if (distance === 0) return;
    const number = (this.#slot - this.#firstSlot) / SLOT_WORDS + distance;
    this.#slot = slotAt(this.#firstSlot, number % (this.capacity + 1));
    this.#read = low;
  }

  /** Takes over the whole read position: at the start and when its lower half wrapped. */
  #relocate(): void {
    const read = load64(this.#longs, this.#readIndex >>> 1);
    this.#read = lowerHalf(read);
    this.#readHigh = upperHalf(read);
    this.#slot = slotAt(this.#firstSlot, Number(read % BigInt(this.capacity + 1)));
  }
}
