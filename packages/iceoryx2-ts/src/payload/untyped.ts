/** Payloads whose type is not known here: their bytes, as the service's static configuration describes them. */
import { codecOf, type FixedCodec, type SliceCodec } from "./codec.ts";
import { define } from "./define.ts";
import type { Many } from "./elements.ts";
import type { Lease } from "./lease.ts";
import type { FixedType, PayloadType, SliceType } from "./meaning.ts";
import { PayloadValueError } from "./payload-errors.ts";
import { type U8, u8 } from "./scalars.ts";
import { bytes } from "./slice.ts";
import { describeTypeDetail, type TypeDetail } from "./type-detail.ts";

/** See `untyped`. */
export interface UntypedType extends SliceType<U8, Many<U8>> {
  readonly untyped: true;
}

/** The user header of an untyped service: its bytes; undefined where the service has none. */
export type UntypedHeader = FixedType<Many<U8>> | undefined;

/**
 * Stands for the types that a service has already: for tools and bridges that pass on what they do not know. Such a
 * service can only be opened; `staticConfig` says what its bytes are.
 *
 * A payload is the bytes of all its elements. `loan` takes the number of elements, 1 for a payload of fixed size, and
 * `sendCopy` the bytes of whole elements. As with other bare typed arrays, **writing to a received one ends the
 * process**.
 */
export const untyped: UntypedType = define<UntypedType>(
  { kind: "slice", element: u8, untyped: true },
  codecOf(bytes),
);

export function isUntyped(type: PayloadType): type is UntypedType {
  return "untyped" in type;
}

const byteRun = codecOf(bytes);

/** One value of a type of which nothing but its details is known. */
export class UntypedValueCodec implements FixedCodec {
  readonly kind = "fixed";
  readonly size: number;
  readonly alignment: number;
  readonly nativeArray: undefined = undefined;
  readonly isViewLive = true;
  readonly #detail: TypeDetail;

  constructor(detail: TypeDetail) {
    this.size = detail.size;
    this.alignment = detail.alignment;
    this.#detail = detail;
  }

  view(lease: Lease, offset: number, writable: boolean): unknown {
    return byteRun.view(lease, offset, this.size, writable);
  }

  write(memory: DataView<ArrayBuffer>, at: number, value: unknown): void {
    const length = byteRun.lengthOf(value);
    if (length !== this.size) {
      const problem = `it has ${length} bytes, but ${describeTypeDetail(this.#detail)} is to be written. Give all of its bytes.`;
      throw new PayloadValueError("InvalidContent", problem);
    }
    byteRun.write(memory, at, value, this.size);
  }

  read(memory: DataView<ArrayBuffer>, at: number): unknown {
    return byteRun.read(memory, at, this.size);
  }
}

/** A run of such values, without gaps. Lengths are in elements, values are bytes. */
export class UntypedSliceCodec implements SliceCodec {
  readonly kind = "slice";
  readonly isViewLive = true;
  readonly element: UntypedValueCodec;
  readonly #detail: TypeDetail;

  constructor(detail: TypeDetail) {
    this.element = new UntypedValueCodec(detail);
    this.#detail = detail;
  }

  view(lease: Lease, offset: number, length: number, writable: boolean): unknown {
    return byteRun.view(lease, offset, length * this.element.size, writable);
  }

  write(
    memory: DataView<ArrayBuffer>,
    at: number,
    value: unknown,
    room: number = this.lengthOf(value),
  ): void {
    byteRun.write(memory, at, value, room * this.element.size);
  }

  read(memory: DataView<ArrayBuffer>, at: number, length: number): unknown {
    return byteRun.read(memory, at, length * this.element.size);
  }

  lengthOf(value: unknown): number {
    const { size } = this.element;
    const length = byteRun.lengthOf(value);
    if (length === 0) return 0;
    if (length % size === 0) return length / size;
    const problem = `it has ${length} bytes, but ${describeTypeDetail(this.#detail)} is to be written. Give the bytes of whole elements.`;
    throw new PayloadValueError("InvalidContent", problem);
  }
}

/** The codec for the payload or user header of a service whose types are not known here. */
export function untypedCodec(detail: TypeDetail): UntypedValueCodec | UntypedSliceCodec {
  return detail.variant === "Dynamic" ? new UntypedSliceCodec(detail) : new UntypedValueCodec(detail);
}
