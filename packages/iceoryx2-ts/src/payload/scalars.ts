/** Numbers and booleans, under Rust's names. */
import type { FixedCodec, NativeArray, NativeArrayClass } from "./codec.ts";
import { defineFixed } from "./define.ts";
import type { FixedType } from "./meaning.ts";
import { describeValue, PayloadValueError } from "./payload-errors.ts";

/** Never there at run time. */
declare const ARRAY: unique symbol;

/** A type whose values are plain JavaScript values, and `A` the typed array for a run of them, if there is one. */
export interface Scalar<J, A = never> extends FixedType<{ view: J; readonlyView: J; value: J; input: J }> {
  readonly [ARRAY]?: A;
}

/** The typed array for a run of `E`; never if there is none. */
export type NativeArrayOf<E> = E extends { readonly [ARRAY]?: infer A } ? NonNullable<A> : never;

export interface I8 extends Scalar<number, Int8Array<ArrayBuffer>> {}
export interface I16 extends Scalar<number, Int16Array<ArrayBuffer>> {}
export interface I32 extends Scalar<number, Int32Array<ArrayBuffer>> {}
export interface I64 extends Scalar<bigint, BigInt64Array<ArrayBuffer>> {}
export interface Isize extends Scalar<bigint, BigInt64Array<ArrayBuffer>> {}
export interface U8 extends Scalar<number, Uint8Array<ArrayBuffer>> {}
export interface U16 extends Scalar<number, Uint16Array<ArrayBuffer>> {}
export interface U32 extends Scalar<number, Uint32Array<ArrayBuffer>> {}
export interface U64 extends Scalar<bigint, BigUint64Array<ArrayBuffer>> {}
export interface Usize extends Scalar<bigint, BigUint64Array<ArrayBuffer>> {}
export interface F32 extends Scalar<number, Float32Array<ArrayBuffer>> {}
export interface F64 extends Scalar<number, Float64Array<ArrayBuffer>> {}
export interface Bool extends Scalar<boolean> {}

/** How a scalar lies in memory: little endian, as everything that iceoryx2 runs on. */
interface Access<J> {
  readonly load: (memory: DataView<ArrayBuffer>, at: number) => J;
  readonly store: (memory: DataView<ArrayBuffer>, at: number, value: J) => void;
}

const signed64: Access<bigint> = {
  load: (memory, at) => memory.getBigInt64(at, true),
  store: (memory, at, value) => memory.setBigInt64(at, value, true),
};
const unsigned64: Access<bigint> = {
  load: (memory, at) => memory.getBigUint64(at, true),
  store: (memory, at, value) => memory.setBigUint64(at, value, true),
};

export const i8: I8 = number("i8", Int8Array, {
  load: (memory, at) => memory.getInt8(at),
  store: (memory, at, value) => memory.setInt8(at, value),
});
export const i16: I16 = number("i16", Int16Array, {
  load: (memory, at) => memory.getInt16(at, true),
  store: (memory, at, value) => memory.setInt16(at, value, true),
});
export const i32: I32 = number("i32", Int32Array, {
  load: (memory, at) => memory.getInt32(at, true),
  store: (memory, at, value) => memory.setInt32(at, value, true),
});
export const i64: I64 = bigint("i64", BigInt64Array, signed64);
/** Rust's `isize`. For peers a type of its own, not `i64`, which is what Python and C++ call it. */
export const isize: Isize = bigint("isize", BigInt64Array, signed64);
export const u8: U8 = number("u8", Uint8Array, {
  load: (memory, at) => memory.getUint8(at),
  store: (memory, at, value) => memory.setUint8(at, value),
});
export const u16: U16 = number("u16", Uint16Array, {
  load: (memory, at) => memory.getUint16(at, true),
  store: (memory, at, value) => memory.setUint16(at, value, true),
});
export const u32: U32 = number("u32", Uint32Array, {
  load: (memory, at) => memory.getUint32(at, true),
  store: (memory, at, value) => memory.setUint32(at, value, true),
});
export const u64: U64 = bigint("u64", BigUint64Array, unsigned64);
/** Rust's `usize`. For peers a type of its own, not `u64`, which is what Python and C++ call it. */
export const usize: Usize = bigint("usize", BigUint64Array, unsigned64);
export const f32: F32 = number("f32", Float32Array, {
  load: (memory, at) => memory.getFloat32(at, true),
  store: (memory, at, value) => memory.setFloat32(at, value, true),
});
export const f64: F64 = number("f64", Float64Array, {
  load: (memory, at) => memory.getFloat64(at, true),
  store: (memory, at, value) => memory.setFloat64(at, value, true),
});
/** One byte; every value but 0 reads as true. */
export const bool: Bool = scalar<Bool, boolean>("bool", {
  size: 1,
  nativeArray: undefined,
  load: (memory, at) => memory.getUint8(at) !== 0,
  store: (memory, at, value) => memory.setUint8(at, value ? 1 : 0),
  primitive: "boolean",
  advise: () => "it takes true or false",
});

/** Numbers out of range wrap around, as in typed arrays. */
function number<T extends Scalar<number, NativeArray>>(
  typeName: string,
  nativeArray: NativeArrayClass,
  access: Access<number>,
): T {
  return scalar<T, number>(typeName, {
    ...access,
    size: nativeArray.BYTES_PER_ELEMENT,
    nativeArray,
    primitive: "number",
    advise: (value) =>
      typeof value === "bigint" ? `it takes a number: write ${value}` : "it takes a number",
  });
}

/** Bigints out of range wrap around, as in typed arrays. */
function bigint<T extends Scalar<bigint, NativeArray>>(
  typeName: string,
  nativeArray: NativeArrayClass,
  access: Access<bigint>,
): T {
  return scalar<T, bigint>(typeName, {
    ...access,
    size: nativeArray.BYTES_PER_ELEMENT,
    nativeArray,
    primitive: "bigint",
    advise: (value) =>
      Number.isInteger(value)
        ? `it takes a bigint: write ${BigInt(value as number)}n`
        : "it takes a bigint, such as 5n",
  });
}

interface ScalarRules<J> extends Access<J> {
  /** In bytes. */
  readonly size: number;
  readonly nativeArray: NativeArrayClass | undefined;
  /** What `typeof` says of the values that are accepted. */
  readonly primitive: "number" | "bigint" | "boolean";
  /** What to write instead of a value that is not accepted. */
  readonly advise: (value: unknown) => string;
}

function scalar<T extends Scalar<J, NativeArray>, J>(typeName: string, rules: ScalarRules<J>): T {
  const { size, nativeArray, load, store, primitive, advise } = rules;
  const refuse = (value: unknown): never => {
    const problem = `${describeValue(value)} is no ${typeName}; ${advise(value)}.`;
    throw new PayloadValueError("WrongType", problem);
  };
  const codec: FixedCodec = {
    kind: "fixed",
    size,
    alignment: size,
    nativeArray,
    isViewLive: false,
    view: (lease, offset) => load(lease.memory, lease.base + offset),
    read: load,
    write: (memory, at, value) =>
      typeof value === primitive ? store(memory, at, value as J) : refuse(value),
  };
  return defineFixed<T>({ typeName }, codec);
}
