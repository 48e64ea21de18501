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
import { CORRUPTED, EMPTY, type QueuePlace, readSlot, writeSlot } from "./queue-place.ts";

export class OverflowingIndexQueueProducer {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #writeIndex: number;
  readonly #readIndex: number;
  readonly #slots: number;
  #write: number;
  /** The read position when we last looked. */
  #readSeen: number;
  #slot: number;

  constructor({ region, writePosition, readPosition, slots, capacity }: QueuePlace) {
    this.capacity = capacity;
    this.#words = region.words;
    this.#longs = region.longs;
    this.#writeIndex = writePosition / 4;
    this.#readIndex = readPosition / 4;
    this.#slots = slots / 4;
    const write = load64(region.longs, writePosition / 8);
    this.#write = lowerHalf(write);
    this.#readSeen = load32(region.words, readPosition / 4);
    this.#slot = Number(write % BigInt(capacity + 1));
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
    writeSlot(this.#words, this.#slots + 2 * this.#slot, value);
    this.#slot = this.#slot === this.capacity ? 0 : this.#slot + 1;
    this.#write = (this.#write + 1) | 0;
    storePosition(this.#words, this.#longs, this.#writeIndex, this.#write);
    if (length < this.capacity) return EMPTY;
    // The oldest of a full ring is in the slot that the next push will take.
    if (!advancePosition(this.#words, this.#longs, this.#readIndex, this.#readSeen)) return EMPTY;
    return readSlot(this.#words, this.#slots + 2 * this.#slot);
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
  readonly #slots: number;
  /** The last read position that we saw, its upper half, and its slot. */
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
    this.#slots = slots / 4;
    this.#read = 0;
    this.#readHigh = 0;
    this.#slot = 0;
    this.#relocate();
    this.#writeSeen = this.#read;
  }

  get isEmpty(): boolean {
    return load32(this.#words, this.#readIndex) === load32(this.#words, this.#writeIndex);
  }

  /** Looks how many values wait; some may be evicted before they are popped. @returns that, or `CORRUPTED`. */
  refresh(): number {
    for (;;) {
      const read = load32(this.#words, this.#readIndex);
      // Read after the lower half: if this is still the upper half we know, it belonged to that lower half as well.
      if (this.#words[this.#readIndex + 1] !== this.#readHigh) {
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

  /** @returns the oldest value, `EMPTY` or `CORRUPTED`. */
  pop(): number {
    for (let length = (this.#writeSeen - this.#read) >>> 0; ; length = 0) {
      if (length === 0) length = this.refresh();
      if (length <= 0) return length === 0 ? EMPTY : CORRUPTED;
      const read = this.#read;
      const value = readSlot(this.#words, this.#slots + 2 * this.#slot);
      if (!advancePosition(this.#words, this.#longs, this.#readIndex, read)) continue;
      // When the lower half wraps, the next look finds another upper half.
      if (read === -1) this.#writeSeen = this.#read;
      else this.#catchUp((read + 1) | 0);
      return value;
    }
  }

  /** Moves our slot to the read position `low` of the upper half that we know. */
  #catchUp(low: number): void {
    const distance = (low - this.#read) >>> 0;
    if (distance === 0) return;
    this.#read = low;
    const slot = this.#slot + distance;
    this.#slot = slot <= this.capacity ? slot : slot % (this.capacity + 1);
  }

  /** Takes over the whole read position: at the start and when its lower half wrapped. */
  #relocate(): void {
    const read = load64(this.#longs, this.#readIndex >>> 1);
    this.#read = lowerHalf(read);
    this.#readHigh = upperHalf(read);
    this.#slot = Number(read % BigInt(this.capacity + 1));
  }
}
