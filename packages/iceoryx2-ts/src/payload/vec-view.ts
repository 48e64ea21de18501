/** Vectors on a loan. */
import type { FixedCodec } from "./codec.ts";
import type { Lease } from "./lease.ts";
import type { Input, View } from "./meaning.ts";
import {
  INSPECT,
  type InspectArguments,
  LEASE,
  leaseOf,
  type MemoryView,
  memoryOf,
  OFFSET,
  placeOf,
  printableElements,
  printView,
  USE,
} from "./memory-view.ts";
import { PayloadValueError, WHOLE } from "./payload-errors.ts";
import { positionOf } from "./sequence.ts";

/** A vector in shared memory that can be written. Every access throws after the loan was sent or released. */
export interface VecView<E> extends Iterable<View<E>> {
  readonly length: number;
  /** The largest length. */
  readonly capacity: number;
  /** As `Array.prototype.at`: negative indices count from the end. */
  at(index: number): View<E> | undefined;
  /** @throws PayloadValueError `TooLong` if the vector is full, and for a value that does not fit. */
  push(value: Input<E>): void;
  /** Replaces all elements. @throws PayloadValueError */
  set(values: ArrayLike<Input<E>>): void;
  clear(): void;
}

/** What a view of a vector needs to know about its type. */
export interface VectorCodec extends FixedCodec {
  readonly element: FixedCodec;
  readonly capacity: number;
  lengthAt(memory: DataView<ArrayBuffer>, at: number): number;
  setLength(memory: DataView<ArrayBuffer>, at: number, length: number): void;
}

class VectorView implements MemoryView {
  readonly [LEASE]: Lease;
  readonly [USE]: number;
  readonly [OFFSET]: number;
  readonly #codec: VectorCodec;

  constructor(lease: Lease, offset: number, codec: VectorCodec) {
    this[LEASE] = lease;
    this[USE] = lease.use;
    this[OFFSET] = offset;
    this.#codec = codec;
  }

  get length(): number {
    return this.#codec.lengthAt(memoryOf(this), placeOf(this));
  }

  get capacity(): number {
    return this.#codec.capacity;
  }

  at(index: number): unknown {
    const { element } = this.#codec;
    const position = positionOf(index, this.length);
    if (position === undefined) return undefined;
    return element.view(leaseOf(this), this[OFFSET] + position * element.size, true);
  }

  push(value: unknown): void {
    const { element, capacity } = this.#codec;
    const { length } = this;
    if (length === capacity) {
      const problem = `the vector is full: it has all the ${capacity} elements that it has room for.`;
      throw new PayloadValueError("TooLong", problem);
    }
    try {
      element.write(memoryOf(this), placeOf(this) + length * element.size, value);
    } catch (error) {
      throw PayloadValueError.within(error, WHOLE, `[${length}]`);
    }
    this.#codec.setLength(memoryOf(this), placeOf(this), length + 1);
  }

  set(values: ArrayLike<unknown>): void {
    this.#codec.write(memoryOf(this), placeOf(this), values);
  }

  clear(): void {
    this.#codec.setLength(memoryOf(this), placeOf(this), 0);
  }

  *[Symbol.iterator](): Generator<unknown, undefined> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
    return undefined;
  }

  toJSON(): unknown {
    return this.#codec.read(memoryOf(this), placeOf(this));
  }

  [INSPECT](...args: InspectArguments): string {
    return printView(this, "", () => printableElements(this, args), args);
  }
}

/** The view of a vector on a loan. */
export function createVecView(lease: Lease, offset: number, codec: VectorCodec): VecView<never> {
  return new VectorView(lease, offset, codec) as VecView<never>;
}
