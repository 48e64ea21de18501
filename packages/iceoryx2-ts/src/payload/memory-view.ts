/**
 * What all views have in common: objects that show a place in leased memory and have nothing of their own.
 *
 * Their state is kept under symbols, so that a view of a struct has no names on it but the struct's fields, and
 * neither cloning nor converting finds any. Private fields would hide it even better, but make a view five times as
 * dear: they are slow in subclasses, and in any class once there are more than a few.
 */
import type { Lease } from "./lease.ts";

export const LEASE: unique symbol = Symbol("iceoryx2-ts.lease");
/** The use of the lease that the view belongs to. */
export const USE: unique symbol = Symbol("iceoryx2-ts.use");
/** Where the view begins within the chunk, in bytes. */
export const OFFSET: unique symbol = Symbol("iceoryx2-ts.offset");

export interface MemoryView {
  readonly [LEASE]: Lease;
  readonly [USE]: number;
  readonly [OFFSET]: number;
}

/** The lease that a view shows a part of. @throws UseAfterReleaseError if the view was revoked. */
export function leaseOf(view: MemoryView): Lease {
  const lease = view[LEASE];
  lease.demand(view[USE]);
  return lease;
}

/** @throws UseAfterReleaseError */
export function memoryOf(view: MemoryView): DataView<ArrayBuffer> {
  return leaseOf(view).memory;
}

/** Where the view begins within `memoryOf(view)`, in bytes. */
export function placeOf(view: MemoryView): number {
  return leaseOf(view).base + view[OFFSET];
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
  if (view[LEASE].use !== view[USE]) return `${title}[released]`;
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
