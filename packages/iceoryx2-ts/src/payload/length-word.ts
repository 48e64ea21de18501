/** The u64 that counts the elements of a container of limited capacity. */

/** Its size and alignment, in bytes. */
export const WORD = 8;

/** How many elements there are: a peer may have written anything, so it is never more than `capacity`. */
export function readLength(memory: DataView<ArrayBuffer>, at: number, capacity: number): number {
  const length = memory.getUint32(at + WORD / 2, true) * 2 ** 32 + memory.getUint32(at, true);
  return Math.min(length, capacity);
}

export function writeLength(memory: DataView<ArrayBuffer>, at: number, length: number): void {
  memory.setUint32(at, length, true);
  memory.setUint32(at + WORD / 2, Math.floor(length / 2 ** 32), true);
}
