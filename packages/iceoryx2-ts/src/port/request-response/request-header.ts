/**
 * The system header in front of every request.
 *
 * ```text
 *    0  u128  node id of the client
 *   16  u128  client id
 *   32  u64   channel of the response connections on which the client expects the responses
 *   40  u64   request id: counts the requests of the client; the state of that channel while the request is active
 *   48  u64   number of elements: 1, or the length of the slice
 *   56  u64   payload offset: 0 but for Flatbuffers
 * ```
 */
import { readUniqueId, writeUniqueId } from "../../base/unique-id.ts";
import { readNumber64, writeNumber64 } from "../../memory/number64.ts";
import type { LengthField } from "../common/message-types.ts";

const NODE_ID = 0;
const CLIENT_ID: number = NODE_ID + 16;
const CHANNEL_ID: number = CLIENT_ID + 16;
const REQUEST_ID: number = CHANNEL_ID + 8;
const NUMBER_OF_ELEMENTS: number = REQUEST_ID + 8;
const PAYLOAD_OFFSET: number = NUMBER_OF_ELEMENTS + 8;

/** Who sent a request and how many elements it has. */
export interface RequestHeader {
  readonly nodeId: bigint;
  readonly clientId: bigint;
  /** 1 for a payload of fixed size, the length of a slice. */
  readonly numberOfElements: number;
}

/** Writes what is the same in every request of a client. */
export function writeRequestHeader(view: DataView, at: number, nodeId: bigint, clientId: bigint): void {
  writeUniqueId(view, at + NODE_ID, nodeId);
  writeUniqueId(view, at + CLIENT_ID, clientId);
  writeRequestIdentity(view, at, 0, 0n);
  requestLength.write(view, at, 1);
  writeNumber64(view, at + PAYLOAD_OFFSET, 0);
}

export function writeRequestIdentity(view: DataView, at: number, channelId: number, requestId: bigint): void {
  writeNumber64(view, at + CHANNEL_ID, channelId);
  view.setBigUint64(at + REQUEST_ID, requestId, true);
}

export const requestLength: LengthField = {
  write: (view, at, count) => writeNumber64(view, at + NUMBER_OF_ELEMENTS, count),
  read: (view, at) => readNumber64(view, at + NUMBER_OF_ELEMENTS),
};

/** What a client wrote; it may be anything up to 2^64. */
export function readChannelId(view: DataView, at: number): number {
  return readNumber64(view, at + CHANNEL_ID);
}

/** What a client wrote; it may be anything. */
export function readRequestId(view: DataView, at: number): bigint {
  return view.getBigUint64(at + REQUEST_ID, true);
}

export function readClientId(view: DataView, at: number): bigint {
  return readUniqueId(view, at + CLIENT_ID);
}

export function readClientNodeId(view: DataView, at: number): bigint {
  return readUniqueId(view, at + NODE_ID);
}

/** @param numberOfElements as it was checked when the message was received. */
export function readRequestHeader(view: DataView, at: number, numberOfElements: number): RequestHeader {
  return { nodeId: readClientNodeId(view, at), clientId: readClientId(view, at), numberOfElements };
}
