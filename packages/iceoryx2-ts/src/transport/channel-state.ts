/**
 * Whose the channel of a connection is: one word at its beginning.
 *
 * ```text
 *   0                    open; also the request with the id 0
 *   id                   in use by the request of that id
 *   id + 2^63            the same, and its client would rather not get any more responses
 *   2^64 - 1             closed: nobody sends
 * ```
 *
 * Channels of publish-subscribe are open until a cleaner closes them. Those of responses are closed until a client
 * sends a request that uses them, and are closed by whichever side is done with that request.
 */
import { compareExchange64, load64 } from "../memory/atomics.ts";
import type { Region } from "../memory/region.ts";

export const CHANNEL_CLOSED = 0xffff_ffff_ffff_ffffn;
const DISCONNECT_HINT = 0x8000_0000_0000_0000n;

export class ChannelState {
  readonly #longs: BigUint64Array;
  readonly #index: number;

  /** @param offset of the word in the region, in bytes. */
  constructor(region: Region, offset: number) {
    this.#longs = region.longs;
    this.#index = offset / 8;
  }

  get isClosed(): boolean {
    return load64(this.#longs, this.#index) === CHANNEL_CLOSED;
  }

  /** Whether the channel is that request's, with the hint or without. */
  belongsTo(requestId: bigint): boolean {
    const state = load64(this.#longs, this.#index);
    return state === requestId || state === requestId + DISCONNECT_HINT;
  }

  hasDisconnectHint(requestId: bigint): boolean {
    return load64(this.#longs, this.#index) === requestId + DISCONNECT_HINT;
  }

  /** Gives a closed channel to a request. @returns false if it was not closed. */
  open(requestId: bigint): boolean {
    return compareExchange64(this.#longs, this.#index, CHANNEL_CLOSED, requestId) === CHANNEL_CLOSED;
  }

  /** Leaves a mark for the server, if the channel still is that request's. */
  setDisconnectHint(requestId: bigint): void {
    compareExchange64(this.#longs, this.#index, requestId, requestId + DISCONNECT_HINT);
  }

  /** Closes the channel if it still is that request's. */
  close(requestId: bigint): void {
    const longs = this.#longs;
    const before = compareExchange64(longs, this.#index, requestId, CHANNEL_CLOSED);
    if (before === requestId + DISCONNECT_HINT) compareExchange64(longs, this.#index, before, CHANNEL_CLOSED);
  }
}
