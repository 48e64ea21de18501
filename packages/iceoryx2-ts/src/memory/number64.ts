/**
 * Unsigned 64-bit fields as numbers, for hot paths that cannot afford a BigInt. Both are exact up to 2^53; what a
 * peer wrote above that is rounded, so check it against a limit before it is used.
 */

export function readNumber64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

export function writeNumber64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}
