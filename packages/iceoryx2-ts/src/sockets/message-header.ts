/** The user header of every message between sockets. */
import { u32 } from "../payload/scalars.ts";
import { type StructType, struct } from "../payload/struct.ts";

export type MessageHeader = StructType<{ sequence: typeof u32; session: typeof u32 }>;

export const MessageHeader: MessageHeader = struct("iceoryx2_ts::sockets::MessageHeader", {
  /** One more than that of the message before, modulo 2^32. */
  sequence: u32,
  /** The number of the sender, or `GREETING`. */
  session: u32,
});

/** The payload is a page, see page.ts. */
export const GREETING = 0;

/** @returns a number for `session` that only messages of that publisher have. */
export function sessionOf(publisherId: bigint): number {
  const folded = publisherId ^ (publisherId >> 32n) ^ (publisherId >> 64n) ^ (publisherId >> 96n);
  return Number(BigInt.asUintN(32, folded)) || 1;
}
