/**
 * The only functions through which lock-free code touches shared memory.
 *
 * All of them are sequentially consistent, which is at least what the protocol needs everywhere. They are few and
 * free functions so that a model checker can run the same sources with steps of its own.
 *
 * On 64-bit words: most of the protocol's counters only ever grow by one, so their lower half tells whether they
 * changed, at a third of the price of a BigInt. `words` are the 32-bit, `longs` the 64-bit view of one region.
 */

export function load32(words: Int32Array, index: number): number {
  return Atomics.load(words, index);
}

/**
 * Looks without any guarantee but that a change shows up some day, at a tenth of the price: to ask whether an atomic
 * look is worth it. Whoever asks again and again must touch memory atomically in between, so that no compiler takes
 * the answer out of the loop.
 */
export function peek32(words: Int32Array, index: number): number {
  return words[index]!;
}

export function store32(words: Int32Array, index: number, value: number): void {
  Atomics.store(words, index, value);
}

/** @returns what was there; the exchange happened if that is `expected`. */
export function compareExchange32(words: Int32Array, index: number, expected: number, value: number): number {
  return Atomics.compareExchange(words, index, expected, value);
}

export function add32(words: Int32Array, index: number, value: number): number {
  return Atomics.add(words, index, value);
}

export function load64(longs: BigUint64Array, index: number): bigint {
  return Atomics.load(longs, index);
}

export function store64(longs: BigUint64Array, index: number, value: bigint): void {
  Atomics.store(longs, index, value);
}

/** @returns what was there; the exchange happened if that is `expected`. */
export function compareExchange64(
  longs: BigUint64Array,
  index: number,
  expected: bigint,
  value: bigint,
): bigint {
  return Atomics.compareExchange(longs, index, expected, value);
}

/** @returns what was there. */
export function exchange64(longs: BigUint64Array, index: number, value: bigint): bigint {
  return Atomics.exchange(longs, index, value);
}

/** @returns what was there. */
export function add64(longs: BigUint64Array, index: number, value: bigint): bigint {
  return Atomics.add(longs, index, value);
}

export function load8(bytes: Uint8Array, index: number): number {
  return Atomics.load(bytes, index);
}

export function store8(bytes: Uint8Array, index: number, value: number): void {
  Atomics.store(bytes, index, value);
}

/** @returns what was there; the exchange happened if that is `expected`. */
export function compareExchange8(bytes: Uint8Array, index: number, expected: number, value: number): number {
  return Atomics.compareExchange(bytes, index, expected, value);
}
