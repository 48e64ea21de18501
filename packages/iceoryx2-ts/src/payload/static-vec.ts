/**
 * Vectors of limited length inside shared memory, laid out as upstream's `StaticVec`.
 *
 * ```text
 *   0           elements    capacity of them; what comes after `length` elements is undefined
 *               padding
 *               u64         length
 *               padding     where the elements are aligned to more than 8 bytes
 * ```
 */
import { alignUp } from "../memory/alignment.ts";
import type { FixedCodec } from "./codec.ts";
import { checkLength, codecOfPart, defineFixed } from "./define.ts";
import { ElementsCodec, type Inputs, type ReadonlyViews, type Values } from "./elements.ts";
import type { Lease } from "./lease.ts";
import { readLength, WORD, writeLength } from "./length-word.ts";
import type { FixedType } from "./meaning.ts";
import { createVecView, type VectorCodec, type VecView } from "./vec-view.ts";

export interface StaticVecType<E extends FixedType>
  extends FixedType<{
    view: VecView<E>;
    readonlyView: ReadonlyViews<E>;
    value: Values<E>;
    input: Inputs<E>;
  }> {
  readonly element: E;
  /** In elements. */
  readonly capacity: number;
}

/**
 * Up to `capacity` elements. On a loan a `VecView`; on a sample a typed array or a `Sequence` of the elements there
 * are at this moment.
 *
 * @throws PayloadTypeError `InvalidLength`, `NotSelfContained`, `TooLarge`
 */
export function staticVec<E extends FixedType>(element: E, capacity: number): StaticVecType<E> {
  const part = codecOfPart(element, "the element of a static vector");
  checkLength(capacity, "the capacity of a static vector");
  const typeName = `iceoryx2_bb_container::vector::static_vec::StaticVec<${element.typeName}, ${capacity}>`;
  const facts = { typeName, element, capacity };
  return defineFixed<StaticVecType<E>>(facts, new StaticVecCodec(part, capacity));
}

class StaticVecCodec implements VectorCodec {
  readonly kind = "fixed";
  readonly size: number;
  readonly alignment: number;
  readonly nativeArray = undefined;
  readonly isViewLive = false;
  readonly element: FixedCodec;
  readonly capacity: number;
  readonly #elements: ElementsCodec;
  readonly #lengthOffset: number;

  constructor(element: FixedCodec, capacity: number) {
    this.element = element;
    this.capacity = capacity;
    this.#elements = new ElementsCodec(element);
    this.#lengthOffset = alignUp(capacity * element.size, WORD);
    this.alignment = Math.max(WORD, element.alignment);
    this.size = alignUp(this.#lengthOffset + WORD, this.alignment);
  }

  view(lease: Lease, offset: number, writable: boolean): unknown {
    if (writable) return createVecView(lease, offset, this);
    const length = this.lengthAt(lease.memory, lease.base + offset);
    return this.#elements.view(lease, offset, length, false);
  }

  write(memory: DataView<ArrayBuffer>, at: number, value: unknown): void {
    this.setLength(memory, at, this.#elements.writeUpTo(memory, at, value, this.capacity));
  }

  read(memory: DataView<ArrayBuffer>, at: number): unknown {
    return this.#elements.read(memory, at, this.lengthAt(memory, at));
  }

  lengthAt(memory: DataView<ArrayBuffer>, at: number): number {
    return readLength(memory, at + this.#lengthOffset, this.capacity);
  }

  setLength(memory: DataView<ArrayBuffer>, at: number, length: number): void {
    writeLength(memory, at + this.#lengthOffset, length);
  }
}
