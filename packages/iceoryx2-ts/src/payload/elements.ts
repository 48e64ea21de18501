/** Runs of elements of one type: what slices, arrays and vectors have in common. */
import type { FixedCodec, SliceCodec } from "./codec.ts";
import type { Lease } from "./lease.ts";
import type { Input, Meaning, ReadonlyView, Value, View } from "./meaning.ts";
import { nativeArrayOver } from "./native-array.ts";
import { describeValue, PayloadValueError, WHOLE } from "./payload-errors.ts";
import type { NativeArrayOf } from "./scalars.ts";
import { createSequence, readElements, type Sequence } from "./sequence.ts";

/** Elements on a loan. */
export type Views<E> = [NativeArrayOf<E>] extends [never] ? Sequence<View<E>> : NativeArrayOf<E>;
/** Elements on a sample. */
export type ReadonlyViews<E> = [NativeArrayOf<E>] extends [never]
  ? Sequence<ReadonlyView<E>>
  : NativeArrayOf<E>;
/** Elements in a plain copy. */
export type Values<E> = [NativeArrayOf<E>] extends [never] ? Value<E>[] : NativeArrayOf<E>;
/** Elements to write. */
export type Inputs<E> = ArrayLike<Input<E>>;

/** What a run of `E` means. */
export interface Many<E> extends Meaning {
  view: Views<E>;
  readonlyView: ReadonlyViews<E>;
  value: Values<E>;
  input: Inputs<E>;
}

/** Up to here writing one by one is faster than making a typed array to copy with, and makes no garbage. */
const COPIED_ONE_BY_ONE_MAX = 16;

export class ElementsCodec implements SliceCodec {
  readonly kind = "slice";
  readonly isViewLive = true;
  readonly element: FixedCodec;

  constructor(element: FixedCodec) {
    this.element = element;
  }

  view(lease: Lease, offset: number, length: number, writable: boolean): unknown {
    const { nativeArray } = this.element;
    return nativeArray === undefined
      ? createSequence(lease, offset, this.element, length, writable)
      : lease.arrayAt(offset, nativeArray, length);
  }

  write(
    memory: DataView<ArrayBuffer>,
    at: number,
    value: unknown,
    room: number = this.lengthOf(value),
  ): void {
    const length = this.writeUpTo(memory, at, value, room);
    if (length === room) return;
    const { size } = this.element;
    new Uint8Array(memory.buffer, memory.byteOffset + at + length * size, (room - length) * size).fill(0);
  }

  /**
   * As `write`, but leaves the room that the value does not fill as it is.
   *
   * @returns how many elements were written.
   */
  writeUpTo(memory: DataView<ArrayBuffer>, at: number, value: unknown, room: number): number {
    // Asked only once: nothing guarantees that a value gives the same answer twice.
    const length = this.lengthOf(value);
    if (length > room) {
      const problem = `it has ${length} elements, but there is room for ${room}. Write fewer.`;
      throw new PayloadValueError("TooLong", problem);
    }
    const { nativeArray } = this.element;
    if (nativeArray !== undefined && value instanceof nativeArray && length > COPIED_ONE_BY_ONE_MAX) {
      // Both hold the same kind of elements, which the compiler cannot see.
      (nativeArrayOver(nativeArray, memory, at, length) as Uint8Array).set(value as Uint8Array);
    } else {
      this.#writeOneByOne(memory, at, value as Inputs<unknown>, length);
    }
    return length;
  }

  read(memory: DataView<ArrayBuffer>, at: number, length: number): unknown {
    const { nativeArray } = this.element;
    return nativeArray === undefined
      ? readElements(this.element, memory, at, length)
      : nativeArrayOver(nativeArray, memory, at, length).slice();
  }

  lengthOf(value: unknown): number {
    const length: unknown = typeof value === "object" ? (value as Inputs<unknown> | null)?.length : undefined;
    if (Number.isSafeInteger(length) && (length as number) >= 0) return length as number;
    throw new PayloadValueError(
      "WrongType",
      `${describeValue(value)} has no elements; it takes an array or a typed array.`,
    );
  }

  #writeOneByOne(memory: DataView<ArrayBuffer>, at: number, values: Inputs<unknown>, length: number): void {
    const { element } = this;
    // Lists of views find their elements fastest, and vectors only, by iterating.
    const isPlain = Array.isArray(values) || ArrayBuffer.isView(values);
    const elements = isPlain ? values : Array.from(values);
    let index = 0;
    try {
      for (; index < length; index++) element.write(memory, at + index * element.size, elements[index]);
    } catch (error) {
      throw PayloadValueError.within(error, WHOLE, `[${index}]`);
    }
  }
}
