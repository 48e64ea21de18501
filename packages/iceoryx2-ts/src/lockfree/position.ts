/**
 * Queue positions: 64-bit counters that only ever grow by one.
 *
 * Their lower half is enough for everything but the moment in which it wraps, once in 2^32 messages. A position
 * has one writer, or several that exchange it, so the upper half changes in exactly that moment.
 */
import { compareExchange32, compareExchange64, load64, store32, store64 } from "../memory/atomics.ts";

const UPPER_HALF_STEP = 0x1_0000_0000n;

/** Publishes the lower half `low` of a position that only we write, one above what was there. */
export function storePosition(words: Int32Array, longs: BigUint64Array, index: number, low: number): void {
  if (low !== 0) store32(words, index, low);
  else storeWrapped(longs, index);
}

function storeWrapped(longs: BigUint64Array, index: number): void {
  const before = load64(longs, index >>> 1);
  store64(longs, index >>> 1, BigInt.asUintN(64, ((before >> 32n) << 32n) + UPPER_HALF_STEP));
}

/**
 * Advances a position by one if its lower half is still `low`.
 *
 * @returns whether it did.
 */
export function advancePosition(
  words: Int32Array,
  longs: BigUint64Array,
  index: number,
  low: number,
): boolean {
  if (low === -1) return advanceWrapping(longs, index);
  return compareExchange32(words, index, low, (low + 1) | 0) === low;
}

function advanceWrapping(longs: BigUint64Array, index: number): boolean {
  const before = load64(longs, index >>> 1);
  if ((before & 0xffff_ffffn) !== 0xffff_ffffn) return false;
  const after = BigInt.asUintN(64, before + 1n);
  return compareExchange64(longs, index >>> 1, before, after) === before;
}

/** The lower half of a position as a signed 32-bit number, as `Int32Array` has it. */
export function lowerHalf(position: bigint): number {
  return Number(BigInt.asIntN(32, position));
}

/** The upper half, likewise. */
export function upperHalf(position: bigint): number {
  return Number(BigInt.asIntN(32, position >> 32n));
}
