/** What all sockets can be told. */
import { Node } from "../api/node.ts";
import { InvalidArgumentError } from "../base/general-errors.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";

export interface SocketOptions extends WaitOptions {
  /** The node to live in; without one the socket makes its own, which is closed with it. */
  readonly node?: Node | undefined;
  /**
   * How many messages may be under way to each receiver; 64 by default. The end that comes first decides; it is an
   * error to ask for more than that.
   */
  readonly maxInFlight?: number | undefined;
  /**
   * How often to look whether the process at the other end is dead, in milliseconds, while it says nothing; 1000 by
   * default.
   */
  readonly peerCheckInterval?: number | undefined;
}

export interface SocketSettings {
  readonly maxInFlight: number;
  readonly isMaxInFlightDemanded: boolean;
  readonly peerCheckInterval: number;
}

/** What went through a socket since it was connected. */
export interface SocketStats {
  readonly sent: number;
  readonly received: number;
  /** How many of those that were sent wait for the other end; for the slowest where there are several. */
  readonly inFlight: number;
}

const MAX_IN_FLIGHT = 64;
const PEER_CHECK_INTERVAL = 1000;
const LIMIT = 2 ** 16;

/** @throws InvalidArgumentError */
export function settingsOf(
  origin: string,
  { maxInFlight, peerCheckInterval = PEER_CHECK_INTERVAL }: SocketOptions,
): SocketSettings {
  const count = maxInFlight ?? MAX_IN_FLIGHT;
  if (!(Number.isInteger(count) && count >= 1 && count <= LIMIT)) {
    throw new InvalidArgumentError(
      origin,
      `cannot connect ${origin}: maxInFlight is ${count}, but must be an integer from 1 to ${LIMIT}.`,
    );
  }
  if (!(peerCheckInterval >= 1 && peerCheckInterval < 2 ** 31)) {
    throw new InvalidArgumentError(
      origin,
      `cannot connect ${origin}: peerCheckInterval is ${peerCheckInterval} ms, but must be at least 1 ms.`,
    );
  }
  return { maxInFlight: count, isMaxInFlightDemanded: maxInFlight !== undefined, peerCheckInterval };
}

/** A node for a socket: the user's, or one of its own. */
export function nodeFor({ node }: SocketOptions): { readonly node: Node; readonly ownsNode: boolean } {
  return node === undefined ? { node: Node.create(), ownsNode: true } : { node, ownsNode: false };
}
