/**
 * The run-time side of a payload type: how its values lie in memory.
 *
 * Views reach the memory through a lease, at an offset from the beginning of its chunk; `write` and `read` copy plain
 * values, at an offset within a memory. Everything read may have been written by a hostile peer.
 */
import type { Lease } from "./lease.ts";
import type { FixedType, PayloadType, SliceType } from "./meaning.ts";
import type { NativeArrayClass } from "./native-array.ts";
import { PayloadTypeError } from "./payload-errors.ts";

/** The property under which a definition carries its codec, out of the sight of users. */
export const CODEC: unique symbol = Symbol("iceoryx2-ts.codec");

export type Codec = FixedCodec | SliceCodec;

/** One value of fixed size. */
export interface FixedCodec {
  readonly kind: "fixed";
  /** In bytes; a multiple of the alignment. */
  readonly size: number;
  /** In bytes. */
  readonly alignment: number;
  /** What a run of such values is to JavaScript; undefined where it has no typed array for them. */
  readonly nativeArray: NativeArrayClass | undefined;
  /**
   * Whether a view goes on to be right when the memory gets another value. Otherwise it shows the value, or the
   * number of elements, of the moment it was made at, and must be made anew.
   */
  readonly isViewLive: boolean;
  /** The value in place, for the use of the lease that is going on; of a scalar and a string the plain value. */
  view(lease: Lease, offset: number, writable: boolean): unknown;
  /** @throws PayloadValueError */
  write(memory: DataView<ArrayBuffer>, at: number, value: unknown): void;
  /** A plain copy that has nothing to do with the memory. */
  read(memory: DataView<ArrayBuffer>, at: number): unknown;
}

/** A run of values of one type whose length is known from elsewhere. */
export interface SliceCodec {
  readonly kind: "slice";
  readonly element: FixedCodec;
  /** For as long as the number of elements is the same. */
  readonly isViewLive: true;
  /** As above: a typed array where there is one for the elements, which cannot be revoked; else a `Sequence`. */
  view(lease: Lease, offset: number, length: number, writable: boolean): unknown;
  /**
   * Writes all elements of a value.
   *
   * @param room for how many elements there is memory; what the value does not fill is zeroed. By default it is
   *   exactly the value that fits.
   * @throws PayloadValueError
   */
  write(memory: DataView<ArrayBuffer>, at: number, value: unknown, room?: number): void;
  /** A plain copy that has nothing to do with the memory. */
  read(memory: DataView<ArrayBuffer>, at: number, length: number): unknown;
  /** How many elements a value has. @throws PayloadValueError if it is nothing that has elements. */
  lengthOf(value: unknown): number;
}

/** The codec of a definition. @throws PayloadTypeError `NotSelfContained` if it is no payload type. */
export function codecOf(type: FixedType): FixedCodec;
export function codecOf(type: SliceType): SliceCodec;
export function codecOf(type: PayloadType): Codec;
export function codecOf(type: PayloadType): Codec {
  const codec = (type as Partial<PayloadType> | undefined | null)?.[CODEC];
  if (codec !== undefined) return codec;
  throw new PayloadTypeError(
    "NotSelfContained",
    "payload type",
    "cannot use what is no payload type: define it with struct(...), array(...), slice(...), u64, bytes or the like.",
  );
}
