/**
 * A chunk of shared memory, and who may use it for a while.
 *
 * Ports have one lease per chunk and lend it again and again. Each use has a number of its own, which its loan, sample
 * and views remember: ending the use revokes all of them with a single store, and nothing but the chunk that is lent
 * again needs to be set up for the next one.
 */
import { UseAfterReleaseError } from "../base/general-errors.ts";
import { type NativeArray, type NativeArrayClass, nativeArrayOver } from "./native-array.ts";

/** What `use` is while nobody uses the chunk; uses are numbered from 1 on. */
export const NO_USE = 0;

export class Lease {
  /** The use that is going on. */
  use: number = NO_USE;
  #uses = 0;
  /** Private, so that who clones a view with all that it refers to does not clone a segment. */
  #memory: DataView<ArrayBuffer>;
  #base: number;
  /** The last one that `arrayAt` made, and what it shows. */
  #array: NativeArray | undefined;
  #arrayClass: NativeArrayClass | undefined;
  #arrayOffset = 0;
  readonly #describe: () => string;

  /** @param describe names what the chunk is lent as in messages, such as "the loan of publisher ...". */
  constructor(memory: DataView<ArrayBuffer>, base: number, describe: () => string) {
    this.#memory = memory;
    this.#base = base;
    this.#describe = describe;
  }

  /** The memory that the chunk is in. */
  get memory(): DataView<ArrayBuffer> {
    return this.#memory;
  }

  /** Where the chunk begins there, in bytes. */
  get base(): number {
    return this.#base;
  }

  /**
   * A typed array over a part of the chunk; the same one as last time if it shows the same part: to make one is a
   * quarter of what a small message costs.
   *
   * @param offset within the chunk, in bytes. @param length in elements.
   */
  arrayAt(offset: number, arrayClass: NativeArrayClass, length: number): NativeArray {
    const last = this.#array;
    if (last?.length === length && this.#arrayOffset === offset && this.#arrayClass === arrayClass)
      return last;
    const array = nativeArrayOver(arrayClass, this.#memory, this.#base + offset, length);
    this.#array = array;
    this.#arrayClass = arrayClass;
    this.#arrayOffset = offset;
    return array;
  }

  /** Begins a use; whatever belonged to an earlier one is revoked. @returns its number. */
  begin(): number {
    this.use = ++this.#uses;
    return this.use;
  }

  /** Begins an earlier use once more, for other contents: what belonged to it is valid again. */
  resume(use: number): void {
    this.use = use;
  }

  end(): void {
    this.use = NO_USE;
  }

  /** @throws UseAfterReleaseError if another use is going on, or none. */
  demand(use: number): void {
    if (this.use !== use) throw useAfterRelease(this.#describe());
  }

  /** Lets the use go on over other memory, which holds the same bytes from `base` on. */
  move(memory: DataView<ArrayBuffer>, base: number): void {
    this.#memory = memory;
    this.#base = base;
    this.#array = undefined;
  }
}

function useAfterRelease(origin: string): UseAfterReleaseError {
  return new UseAfterReleaseError(
    origin,
    `cannot use ${origin}: it was sent or released before. Use it earlier, or keep a copy of the value.`,
  );
}
