/** Messages as they come, one after the other. */
import { ClosedError, TimeoutError } from "../base/general-errors.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";
import type { Inbox, Message } from "./inbox.ts";
import { SocketError } from "./socket-error.ts";

type Result = IteratorResult<Message, undefined>;
const END: Result = { done: true, value: undefined };

/** It ends when no message comes within `timeout`, when the other end was closed, and when this one is. */
export class Messages implements AsyncIterableIterator<Message, undefined> {
  readonly #inbox: Inbox;
  readonly #options: WaitOptions;
  #isOver = false;

  constructor(inbox: Inbox, options: WaitOptions) {
    this.#inbox = inbox;
    this.#options = options;
  }

  async next(): Promise<Result> {
    if (this.#isOver) return END;
    try {
      return { done: false, value: await this.#inbox.recv(this.#options) };
    } catch (error) {
      this.#isOver = true;
      if (isEnd(error)) return END;
      throw error;
    }
  }

  async return(): Promise<Result> {
    this.#isOver = true;
    return END;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function isEnd(error: unknown): boolean {
  return (
    error instanceof TimeoutError ||
    error instanceof ClosedError ||
    (error instanceof SocketError && error.code === "PeerClosed")
  );
}
