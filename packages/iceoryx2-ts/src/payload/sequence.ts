/** Runs of elements for which JavaScript has no typed array. */
import type { FixedCodec } from "./codec.ts";
import type { Lease } from "./lease.ts";
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

/**
 * Elements in shared memory, as an indexable and iterable list of views. Elements are written through their own
 * views: `sequence[0].x = 1`.
 */
export interface Sequence<V> extends Iterable<V> {
  readonly length: number;
  /** As `Array.prototype.at`: negative indices count from the end. Faster than `[index]`. */
  at(index: number): V | undefined;
  readonly [index: number]: V;
}

class SequenceView implements MemoryView, Sequence<unknown> {
  readonly [index: number]: unknown;
  // Fields, because the prototype refuses assignments to what is not there yet.
  readonly [LEASE]: Lease;
  readonly [USE]: number;
  readonly [OFFSET]: number;
  readonly #codec: FixedCodec;
  readonly #length: number;
  readonly #writable: boolean;

  constructor(lease: Lease, offset: number, codec: FixedCodec, length: number, writable: boolean) {
    this[LEASE] = lease;
    this[USE] = lease.use;
    this[OFFSET] = offset;
    this.#codec = codec;
    this.#length = length;
    this.#writable = writable;
  }

  get length(): number {
    memoryOf(this);
    return this.#length;
  }

  at(index: number): unknown {
    const position = positionOf(index, this.length);
    if (position === undefined) return undefined;
    const { size } = this.#codec;
    return this.#codec.view(leaseOf(this), this[OFFSET] + position * size, this.#writable);
  }

  *[Symbol.iterator](): Generator<unknown, undefined> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
    return undefined;
  }

  toJSON(): unknown[] {
    return readElements(this.#codec, memoryOf(this), placeOf(this), this.#length);
  }

  [INSPECT](...args: InspectArguments): string {
    return printView(this, "", () => printableElements(this, args), args);
  }
}

/**
 * The prototype of the prototype: only property names that nothing else has, and therefore indices, get here.
 * `at`, `length` and iteration do not pay for it.
 */
const INDICES: ProxyHandler<object> = {
  get(target, key, sequence): unknown {
    const index = indexOf(key);
    return index === undefined ? Reflect.get(target, key, sequence) : (sequence as SequenceView).at(index);
  },
  // What must be told apart from an element would become a property of the view.
  set: () => false,
};
Object.setPrototypeOf(SequenceView.prototype, new Proxy(Object.prototype, INDICES));

/** A view of `length` elements. */
export function createSequence(
  lease: Lease,
  offset: number,
  codec: FixedCodec,
  length: number,
  writable: boolean,
): Sequence<unknown> {
  return new SequenceView(lease, offset, codec, length, writable);
}

const INDEX = /^(?:0|[1-9]\d*)$/;

function indexOf(key: string | symbol): number | undefined {
  return typeof key === "string" && INDEX.test(key) ? Number(key) : undefined;
}

/** Resolves an index as `Array.prototype.at` does; undefined where there is no element. */
export function positionOf(index: number, length: number): number | undefined {
  const whole = Math.trunc(index) || 0;
  const position = whole < 0 ? length + whole : whole;
  return position >= 0 && position < length ? position : undefined;
}

/** Plain copies of elements. */
export function readElements(
  codec: FixedCodec,
  memory: DataView<ArrayBuffer>,
  at: number,
  length: number,
): unknown[] {
  return Array.from({ length }, (_, index) => codec.read(memory, at + index * codec.size));
}
