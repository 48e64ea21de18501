/** Numbers and booleans, under Rust's names. */
import { defineFixed } from "./define.ts";
import type { FixedType } from "./meaning.ts";
import type { NativeArray, NativeArrayClass } from "./native-array.ts";
import { type Form, ScalarCodec, type ScalarRules } from "./scalar-codec.ts";

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

export const i8: I8 = number("i8", Int8Array);
export const i16: I16 = number("i16", Int16Array);
export const i32: I32 = number("i32", Int32Array);
export const i64: I64 = bigint("i64", "i64", BigInt64Array);
/** Rust's `isize`. For peers a type of its own, not `i64`, which is what Python and C++ call it. */
export const isize: Isize = bigint("isize", "i64", BigInt64Array);
export const u8: U8 = number("u8", Uint8Array);
export const u16: U16 = number("u16", Uint16Array);
export const u32: U32 = number("u32", Uint32Array);
export const u64: U64 = bigint("u64", "u64", BigUint64Array);
/** Rust's `usize`. For peers a type of its own, not `u64`, which is what Python and C++ call it. */
export const usize: Usize = bigint("usize", "u64", BigUint64Array);
export const f32: F32 = number("f32", Float32Array);
export const f64: F64 = number("f64", Float64Array);
/** One byte; every value but 0 reads as true. */
export const bool: Bool = scalar<Bool>("bool", {
  form: "bool",
  size: 1,
  nativeArray: undefined,
  primitive: "boolean",
  advise: () => "it takes true or false",
});

/** Numbers out of range wrap around, as in typed arrays. */
function number<T extends Scalar<number, NativeArray>>(form: Form, nativeArray: NativeArrayClass): T {
  return scalar<T>(form, {
    form,
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
  form: Form,
  nativeArray: NativeArrayClass,
): T {
  return scalar<T>(typeName, {
    form,
    size: nativeArray.BYTES_PER_ELEMENT,
    nativeArray,
    primitive: "bigint",
    advise: (value) =>
      Number.isInteger(value)
        ? `it takes a bigint: write ${BigInt(value as number)}n`
        : "it takes a bigint, such as 5n",
  });
}

function scalar<T extends Scalar<unknown, NativeArray>>(typeName: string, rules: ScalarRules): T {
  return defineFixed<T>({ typeName }, new ScalarCodec(typeName, rules));
}
