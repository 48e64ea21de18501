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
 * Each side keeps its own position and its slot number in local variables, and remembers the last position of the
 * other side that it saw: that one only grows, so shared memory is read only when it says that there is nothing to
 * do. So each end may exist only once, here and in the peer.
 */
import { load32, load64 } from "../memory/atomics.ts";
import { lowerHalf, storePosition } from "./position.ts";
import { CORRUPTED, EMPTY, type QueuePlace, readSlot, writeSlot } from "./queue-place.ts";

export class IndexQueueProducer {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #writeIndex: number;
  readonly #readIndex: number;
  readonly #slots: number;
  #write: number;
  /** The consumer's position when we last looked. */
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
    this.#slot = Number(write % BigInt(capacity));
  }

  /** @returns false if the queue is full. */
  push(value: number): boolean {
    if ((this.#write - this.#readSeen) >>> 0 >= this.capacity) {
      this.#readSeen = load32(this.#words, this.#readIndex);
      if ((this.#write - this.#readSeen) >>> 0 >= this.capacity) return false;
    }
    writeSlot(this.#words, this.#slots + 2 * this.#slot, value);
    this.#slot = this.#slot + 1 === this.capacity ? 0 : this.#slot + 1;
    this.#write = (this.#write + 1) | 0;
    storePosition(this.#words, this.#longs, this.#writeIndex, this.#write);
    return true;
  }
}

export class IndexQueueConsumer {
  readonly capacity: number;
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #writeIndex: number;
  readonly #readIndex: number;
  readonly #slots: number;
  #read: number;
  /** The producer's position when we last looked. */
  #writeSeen: number;
  #slot: number;

  constructor({ region, writePosition, readPosition, slots, capacity }: QueuePlace) {
    this.capacity = capacity;
    this.#words = region.words;
    this.#longs = region.longs;
    this.#writeIndex = writePosition / 4;
    this.#readIndex = readPosition / 4;
    this.#slots = slots / 4;
    const read = load64(region.longs, readPosition / 8);
    this.#read = lowerHalf(read);
    this.#writeSeen = this.#read;
    this.#slot = Number(read % BigInt(capacity));
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
    const value = readSlot(this.#words, this.#slots + 2 * this.#slot);
    this.#slot = this.#slot + 1 === this.capacity ? 0 : this.#slot + 1;
    this.#read = (this.#read + 1) | 0;
    storePosition(this.#words, this.#longs, this.#readIndex, this.#read);
    return value;
  }
}
