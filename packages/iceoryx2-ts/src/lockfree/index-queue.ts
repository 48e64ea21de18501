/**
 * A bounded queue of 64-bit values with one producer and one consumer. Upstream: `spsc::IndexQueue`.
 *
 * ```text
 *   write position   u64   how many were ever pushed    written by the producer alone
 *   read position    u64   how many were ever popped    written by the consumer alone
 *   slots            u64[capacity]                      position p lives in slot p mod capacity
 * ```
 *
 * Invariants: read <= write <= read + capacity. A slot is written before the write position moves over it, and read
 * before the read position does.
 *
 * Each side keeps its own position and the index of its slot in local variables, and remembers the last position of the
 * other side that it saw: that one only grows, so shared memory is read only when it says that there is nothing to
 * do. So each end may exist only once, here and in the peer.
 */
import { load32, load64 } from "../memory/atomics.ts";
import { lowerHalf, storePosition } from "./position.ts";
import { CORRUPTED, EMPTY, type QueuePlace, readSlot, SLOT_WORDS, slotAt, writeSlot } from "./queue-place.ts";

export class IndexQueueProducer {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #writeIndex: number;
  readonly #readIndex: number;
  readonly #firstSlot: number;
  readonly #lastSlot: number;
  #write: number;
  /** The consumer's position when we last looked. */
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
    this.#lastSlot = slotAt(this.#firstSlot, capacity - 1);
    const write = load64(region.longs, writePosition / 8);
    this.#write = lowerHalf(write);
    this.#readSeen = load32(region.words, readPosition / 4);
    this.#slot = slotAt(this.#firstSlot, Number(write % BigInt(capacity)));
  }

  /** @returns false if the queue is full. */
  push(value: number): boolean {
    if ((this.#write - this.#readSeen) >>> 0 >= this.capacity && this.#isFull()) return false;
    const slot = this.#slot;
    writeSlot(this.#words, slot, value);
    this.#slot = slot === this.#lastSlot ? this.#firstSlot : slot + SLOT_WORDS;
    this.#write = (this.#write + 1) | 0;
    storePosition(this.#words, this.#longs, this.#writeIndex, this.#write);
    return true;
  }

  #isFull(): boolean {
    this.#readSeen = load32(this.#words, this.#readIndex);
    return (this.#write - this.#readSeen) >>> 0 >= this.capacity;
  }
}

export class IndexQueueConsumer {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #writeIndex: number;
  readonly #readIndex: number;
  readonly #firstSlot: number;
  readonly #lastSlot: number;
  #read: number;
  /** The producer's position when we last looked. */
  #writeSeen: number;
  /** Where the next value is. */
  #slot: number;

  constructor({ region, writePosition, readPosition, slots, capacity }: QueuePlace) {
    this.capacity = capacity;
    this.#words = region.words;
    this.#longs = region.longs;
    this.#writeIndex = writePosition / 4;
    this.#readIndex = readPosition / 4;
    this.#firstSlot = slots / 4;
    this.#lastSlot = slotAt(this.#firstSlot, capacity - 1);
    const read = load64(region.longs, readPosition / 8);
    this.#read = lowerHalf(read);
    this.#writeSeen = this.#read;
    this.#slot = slotAt(this.#firstSlot, Number(read % BigInt(capacity)));
  }

  /** Looks how many values wait. @returns that number, or `CORRUPTED`. */
  refresh(): number {
    const write = load32(this.#words, this.#writeIndex);
    const length = (write - this.#read) >>> 0;
    if (length > this.capacity) return CORRUPTED;
    this.#writeSeen = write;
    return length;
  }

  /** @returns the value, `EMPTY` or `CORRUPTED`. */
  pop(): number {
    if (this.#writeSeen === this.#read) {
      const length = this.refresh();
      if (length <= 0) return length === 0 ? EMPTY : CORRUPTED;
    }
    const slot = this.#slot;
    const value = readSlot(this.#words, slot);
    this.#slot = slot === this.#lastSlot ? this.#firstSlot : slot + SLOT_WORDS;
    this.#read = (this.#read + 1) | 0;
    storePosition(this.#words, this.#longs, this.#readIndex, this.#read);
    return value;
  }
}
