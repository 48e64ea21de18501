/**
 * Payload types as the type system sees them: each definition carries, as a property that exists only there, what
 * it means in TypeScript, and everything else is inferred from it.
 */
import type { CODEC, FixedCodec, SliceCodec } from "./codec.ts";

/** What a definition means in TypeScript: see the types `View`, `ReadonlyView`, `Value` and `Input`. */
export interface Meaning {
  view: unknown;
  readonlyView: unknown;
  value: unknown;
  input: unknown;
}

/** Never there at run time. */
declare const MEANING: unique symbol;

/** A self-contained type of fixed size: may be a payload, a user header, a field, an element. */
export interface FixedType<M extends Meaning = Meaning> {
  readonly kind: "fixed";
  /** What peers must call the type as well. */
  readonly typeName: string;
  /** In bytes; a multiple of the alignment. */
  readonly size: number;
  /** In bytes. */
  readonly alignment: number;
  readonly [CODEC]: FixedCodec;
  readonly [MEANING]?: M;
}

/** A run of elements whose length is chosen per message. Only a whole payload may be one. */
export interface SliceType<E extends FixedType = FixedType, M extends Meaning = Meaning> {
  readonly kind: "slice";
  readonly element: E;
  readonly [CODEC]: SliceCodec;
  readonly [MEANING]?: M;
}

/** What may be sent. */
export type PayloadType = FixedType | SliceType;

type MeaningOf<T> = T extends { readonly [MEANING]?: infer M } ? NonNullable<M> : never;

/** A payload on a loan: writes go straight into shared memory. */
export type View<T> = MeaningOf<T> extends { view: infer V } ? V : never;
/** A payload on a sample: shared memory, read-only. */
export type ReadonlyView<T> = MeaningOf<T> extends { readonlyView: infer V } ? V : never;
/** A plain copy that outlives the sample. */
export type Value<T> = MeaningOf<T> extends { value: infer V } ? V : never;
/** What may be written: wider than `Value`, such as a `number[]` for a typed array. */
export type Input<T> = MeaningOf<T> extends { input: infer V } ? V : never;
