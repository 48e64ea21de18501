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
 * Each side keeps its own position and its slot number in local variables; shared memory is read only for the
 * position of the other side. So each end may exist only once, here and in the peer.
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
    this.#slot = Number(write % BigInt(capacity));
  }

  /** @returns false if the queue is full. */
  push(value: number): boolean {
    const length = (this.#write - load32(this.#words, this.#readIndex)) >>> 0;
    if (length >= this.capacity) return false;
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
    this.#slot = Number(read % BigInt(capacity));
  }

  /** @returns the value, `EMPTY` or `CORRUPTED`. */
  pop(): number {
    const length = (load32(this.#words, this.#writeIndex) - this.#read) >>> 0;
    if (length === 0) return EMPTY;
    if (length > this.capacity) return CORRUPTED;
    const value = readSlot(this.#words, this.#slots + 2 * this.#slot);
    this.#slot = this.#slot + 1 === this.capacity ? 0 : this.#slot + 1;
    this.#read = (this.#read + 1) | 0;
    storePosition(this.#words, this.#longs, this.#readIndex, this.#read);
    return value;
  }
}
