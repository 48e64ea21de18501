/**
 * The base of all views: objects that show a place in leased memory and have nothing of their own.
 *
 * Their state is private, so that cloning a view never copies a segment, and what this stratum needs of it is
 * reached by functions of this module, so that a view of a struct has nothing but the struct's fields on it.
 */
import type { Lease } from "./lease.ts";

/** The lease that a view shows a part of. @throws UseAfterReleaseError if the view was revoked. */
export let leaseOf: (view: MemoryView) => Lease;
/** Where the view begins within the chunk, in bytes. */
export let offsetOf: (view: MemoryView) => number;
export let isRevoked: (view: MemoryView) => boolean;

export abstract class MemoryView {
  readonly #lease: Lease;
  /** The use of the lease that the view belongs to. */
  readonly #use: number;
  readonly #offset: number;

  constructor(lease: Lease, offset: number) {
    this.#lease = lease;
    this.#use = lease.use;
    this.#offset = offset;
  }

  static {
    leaseOf = (view) => {
      const lease = view.#lease;
      lease.demand(view.#use);
      return lease;
    };
    offsetOf = (view) => view.#offset;
    isRevoked = (view) => view.#lease.use !== view.#use;
  }
}

/** @throws UseAfterReleaseError */
export function memoryOf(view: MemoryView): DataView<ArrayBuffer> {
  return leaseOf(view).memory;
}

/** Where the view begins within `memoryOf(view)`, in bytes. */
export function placeOf(view: MemoryView): number {
  return leaseOf(view).base + offsetOf(view);
}

/** `console.log` and `util.inspect` print an object by its method of this name. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** What Node passes to that method. */
export type InspectArguments = [
  depth: number | null,
  options: { readonly maxArrayLength?: number | null | undefined },
  inspect: (value: unknown, options: object) => string,
];

/**
 * Prints the contents of a view in the manner of plain objects and arrays.
 *
 * Printing is what people do when something went wrong, so it does not throw when the view was revoked.
 */
export function printView(
  view: MemoryView,
  title: string,
  contents: () => object,
  [depth, options, inspect]: InspectArguments,
): string {
  if (isRevoked(view)) return `${title}[released]`;
  return title + inspect(contents(), { ...options, depth });
}

/** The first elements of a list, as many as are printed, in an array of its full length. */
export function printableElements(
  list: { readonly length: number; at(index: number): unknown },
  [, { maxArrayLength }]: InspectArguments,
): unknown[] {
  const elements: unknown[] = [];
  elements.length = list.length;
  const shown = Math.min(list.length, maxArrayLength ?? list.length);
  for (let index = 0; index < shown; index++) elements[index] = list.at(index);
  return elements;
}
