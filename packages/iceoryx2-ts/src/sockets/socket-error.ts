import { Iox2Error } from "../base/iox2-error.ts";

const socketCodes = [
  "EndTaken",
  "ExceedsMaxBorrows",
  "MalformedMessage",
  "MessageLost",
  "PeerClosed",
  "PeerDied",
] as const;
export type SocketErrorCode = (typeof socketCodes)[number];

/**
 * A connection cannot be made, or is over, or too many of its messages are held. After it is over, close the socket;
 * then it can be made anew.
 */
export class SocketError extends Iox2Error<SocketErrorCode> {
  static override readonly className: string = "SocketError";
  static readonly codes: readonly string[] = socketCodes;
}
