/** Messages as they come, one after the other. */
import { ClosedError, TimeoutError } from "../base/general-errors.ts";
import { SocketError } from "./socket-error.ts";

type Result<T> = IteratorResult<T, undefined>;
const END: Result<never> = { done: true, value: undefined };

/** It ends when no message comes within `timeout`, when the other end was closed, and when this one is. */
export class Messages<T> implements AsyncIterableIterator<T, undefined> {
  readonly #receive: () => Promise<T>;
  readonly #onDone: (message: T) => void;
  /** What the loop works with. */
  #current: T | undefined;
  #isOver = false;

  /** @param onDone called with each message when the loop goes on or ends. */
  constructor(receive: () => Promise<T>, onDone: (message: T) => void = () => {}) {
    this.#receive = receive;
    this.#onDone = onDone;
  }

  async next(): Promise<Result<T>> {
    this.#leave();
    if (this.#isOver) return END;
    try {
      const value = await this.#receive();
      this.#current = value;
      return { done: false, value };
    } catch (error) {
      this.#isOver = true;
      if (isEnd(error)) return END;
      throw error;
    }
  }

  async return(): Promise<Result<T>> {
    this.#leave();
    this.#isOver = true;
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #leave(): void {
    if (this.#current !== undefined) this.#onDone(this.#current);
    this.#current = undefined;
  }
}

function isEnd(error: unknown): boolean {
  return (
    error instanceof TimeoutError ||
    error instanceof ClosedError ||
    (error instanceof SocketError && error.code === "PeerClosed")
  );
}
