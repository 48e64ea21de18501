/** What a run of numbers in memory is to JavaScript. */
import { assert } from "../base/assert.ts";

/** A typed array over shared memory. */
export type NativeArray =
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** The class of a typed array. */
export interface NativeArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): NativeArray;
}

/** @param at within the memory, in bytes; a multiple of the elements' size. @param length in elements. */
export function nativeArrayOver(
  arrayClass: NativeArrayClass,
  memory: DataView<ArrayBuffer>,
  at: number,
  length: number,
): NativeArray {
  const start = memory.byteOffset + at;
  assert(start % arrayClass.BYTES_PER_ELEMENT === 0, "elements lie at multiples of their size");
  return new arrayClass(memory.buffer, start, length);
}
