/** A received message where it lies. */

import type { ReadonlyView } from "../payload/meaning.ts";
import type { Bytes, MessageSample } from "./ends.ts";
import type { Message } from "./inbox.ts";

/** How many a socket may hold at a time. */
export const BORROWED_MAX = 4;

/**
 * A received message where it lies in shared memory, to be released when done. `using` does that.
 *
 * The sender needs its memory again: hold it as long as you work with it, and copy what you keep.
 */
export class BorrowedMessage implements Disposable {
  readonly #sample: MessageSample;
  readonly #onRelease: () => void;

  /** @internal */
  constructor(sample: MessageSample, onRelease: () => void) {
    this.#sample = sample;
    this.#onRelease = onRelease;
  }

  /**
   * The bytes. Do not use the array after `release`: it may come to show another message. **Writing to it ends the
   * process**, for the memory is mapped read-only.
   *
   * @throws UseAfterReleaseError
   */
  get payload(): ReadonlyView<Bytes> {
    return this.#sample.payload;
  }

  get released(): boolean {
    return this.#sample.released;
  }

  /** @throws UseAfterReleaseError */
  copy(): Message {
    return this.#sample.copy();
  }

  /** Gives the memory back to the sender. Doing it twice is allowed. */
  release(): void {
    if (this.#sample.released) return;
    this.#sample.release();
    this.#onRelease();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
