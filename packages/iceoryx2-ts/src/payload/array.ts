/** Arrays of fixed length. */
import type { FixedCodec } from "./codec.ts";
import { checkLength, codecOfPart, defineFixed } from "./define.ts";
import { ElementsCodec, type Many } from "./elements.ts";
import type { Lease } from "./lease.ts";
import type { FixedType } from "./meaning.ts";

export interface ArrayType<E extends FixedType> extends FixedType<Many<E>> {
  readonly element: E;
  readonly length: number;
}

/**
 * `length` elements, as `T[length]` in C and `[T; length]` in Rust. Whoever writes fewer elements leaves zeros behind
 * them.
 *
 * @throws PayloadTypeError `InvalidLength`, `NotSelfContained`, `TooLarge`
 */
export function array<E extends FixedType>(element: E, length: number): ArrayType<E> {
  const part = codecOfPart(element, "the element of an array");
  checkLength(length, "the length of an array");
  const facts = { typeName: `[${element.typeName}; ${length}]`, element, length };
  return defineFixed<ArrayType<E>>(facts, new ArrayCodec(part, length));
}

class ArrayCodec implements FixedCodec {
  readonly kind = "fixed";
  readonly size: number;
  readonly alignment: number;
  readonly nativeArray = undefined;
  readonly isViewLive = true;
  readonly #elements: ElementsCodec;
  readonly #length: number;

  constructor(element: FixedCodec, length: number) {
    this.size = length * element.size;
    this.alignment = element.alignment;
    this.#elements = new ElementsCodec(element);
    this.#length = length;
  }

  view(lease: Lease, offset: number, writable: boolean): unknown {
    return this.#elements.view(lease, offset, this.#length, writable);
  }

  write(memory: DataView<ArrayBuffer>, at: number, value: unknown): void {
    this.#elements.write(memory, at, value, this.#length);
  }

  read(memory: DataView<ArrayBuffer>, at: number): unknown {
    return this.#elements.read(memory, at, this.#length);
  }
}
