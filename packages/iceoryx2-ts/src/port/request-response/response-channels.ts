/**
 * A client's channels: each pending response uses one of them on the connections from all servers.
 *
 * They are handed out first in, first out, so that a channel rests as long as possible before another request uses it:
 * a server that answers too late puts its response into the channel of a request that is no more.
 */
import type { Receiver } from "../common/receiver.ts";

export class ResponseChannels {
  readonly #receiver: Receiver;
  /** A ring of free channels. */
  readonly #free: Int32Array;
  #first = 0;
  #count: number;

  constructor(receiver: Receiver, count: number) {
    this.#receiver = receiver;
    this.#free = Int32Array.from({ length: count }, (_, channel) => channel);
    this.#count = count;
  }

  /** Gives a channel to a request, on the connections that there are now. There is one for each chunk of the client. */
  open(requestId: bigint): number {
    const channel = this.#free[this.#first]!;
    this.#first = (this.#first + 1) % this.#free.length;
    this.#count--;
    // What came too late for the last request must not take the place of a response to this one.
    this.#receiver.discardWaiting(channel);
    for (const connection of this.#receiver.activeConnections) connection.stateOf(channel).open(requestId);
    return channel;
  }

  /** Ends the request of a channel, everywhere. */
  close(channel: number, requestId: bigint): void {
    for (const connection of this.#receiver.activeConnections) connection.stateOf(channel).close(requestId);
    for (const connection of this.#receiver.expiredConnections) connection.stateOf(channel).close(requestId);
    this.#receiver.discardWaiting(channel);
    this.#free[(this.#first + this.#count) % this.#free.length] = channel;
    this.#count++;
  }

  /** The node of a server that still has the request; undefined if none has it. */
  holderOf(channel: number, requestId: bigint): bigint | undefined {
    this.#receiver.updateConnections();
    for (const connection of this.#receiver.activeConnections) {
      if (connection.stateOf(channel).belongsTo(requestId)) return connection.nodeId;
    }
    return undefined;
  }

  setDisconnectHint(channel: number, requestId: bigint): void {
    for (const connection of this.#receiver.activeConnections) {
      connection.stateOf(channel).setDisconnectHint(requestId);
    }
  }
}
