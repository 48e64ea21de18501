/**
 * A region of memory that other processes may write at any time, and its typed views.
 *
 * Everything read from it is untrusted: `contains` and `followPointer` are the checks that stand between a value
 * found in it and its use as an offset.
 */

export class Region {
  /** The bytes that belong to the region; the views may be longer, up to the end of the page. */
  readonly size: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly words: Int32Array<ArrayBuffer>;
  readonly longs: BigUint64Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;

  /** @param buffer at least `size` bytes long, a multiple of 8. */
  constructor(buffer: ArrayBuffer, size: number) {
    this.size = size;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.longs = new BigUint64Array(buffer);
    this.view = new DataView(buffer);
  }

  contains(offset: number, length: number): boolean {
    return Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= this.size;
  }

  /** A 64-bit unsigned field as a number, or NaN above 2^53, which every range check refuses. */
  size64(offset: number): number {
    const value = this.longs[offset >>> 3]!;
    return value <= MAX_SAFE ? Number(value) : Number.NaN;
  }

  /**
   * Follows a relative pointer: a signed 64-bit distance from the address of the pointer field itself.
   *
   * @returns the offset it points to, or `undefined` if `length` bytes there are not within the region or the
   *   target is not a multiple of `alignment`.
   */
  followPointer(fieldOffset: number, length: number, alignment: number): number | undefined {
    const distance = this.view.getBigInt64(fieldOffset, true);
    if (distance < -MAX_SAFE || distance > MAX_SAFE) return undefined;
    const target = fieldOffset + Number(distance);
    return this.contains(target, length) && target % alignment === 0 ? target : undefined;
  }

  writePointer(fieldOffset: number, target: number): void {
    this.view.setBigInt64(fieldOffset, BigInt(target - fieldOffset), true);
  }
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
