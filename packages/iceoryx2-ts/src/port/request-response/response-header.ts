/**
 * The system header in front of every response.
 *
 * ```text
 *    0  u128  node id of the server
 *   16  u128  server id
 *   32  u64   id of the request that it answers; the client drops a response to any other than it waits for
 *   40  u64   number of elements: 1, or the length of the slice
 *   48  u64   payload offset: 0 but for Flatbuffers
 * ```
 */
import { readUniqueId, writeUniqueId } from "../../base/unique-id.ts";
import { readNumber64, writeNumber64 } from "../../memory/number64.ts";
import type { LengthField } from "../common/message-types.ts";

const NODE_ID = 0;
const SERVER_ID: number = NODE_ID + 16;
const REQUEST_ID: number = SERVER_ID + 16;
const NUMBER_OF_ELEMENTS: number = REQUEST_ID + 8;
const PAYLOAD_OFFSET: number = NUMBER_OF_ELEMENTS + 8;

/** Who sent a response and how many elements it has. */
export interface ResponseHeader {
  readonly nodeId: bigint;
  readonly serverId: bigint;
  /** 1 for a payload of fixed size, the length of a slice. */
  readonly numberOfElements: number;
}

/** Writes what is the same in every response of a server. */
export function writeResponseHeader(view: DataView, at: number, nodeId: bigint, serverId: bigint): void {
  writeUniqueId(view, at + NODE_ID, nodeId);
  writeUniqueId(view, at + SERVER_ID, serverId);
  writeAnsweredRequest(view, at, 0n);
  responseLength.write(view, at, 1);
  writeNumber64(view, at + PAYLOAD_OFFSET, 0);
}

export function writeAnsweredRequest(view: DataView, at: number, requestId: bigint): void {
  view.setBigUint64(at + REQUEST_ID, requestId, true);
}

/** What a server wrote; it may be anything. */
export function readAnsweredRequest(view: DataView, at: number): bigint {
  return view.getBigUint64(at + REQUEST_ID, true);
}

export const responseLength: LengthField = {
  write: (view, at, count) => writeNumber64(view, at + NUMBER_OF_ELEMENTS, count),
  read: (view, at) => readNumber64(view, at + NUMBER_OF_ELEMENTS),
};

export function readServerId(view: DataView, at: number): bigint {
  return readUniqueId(view, at + SERVER_ID);
}

export function readServerNodeId(view: DataView, at: number): bigint {
  return readUniqueId(view, at + NODE_ID);
}

/** @param numberOfElements as it was checked when the message was received. */
export function readResponseHeader(view: DataView, at: number, numberOfElements: number): ResponseHeader {
  return { nodeId: readServerNodeId(view, at), serverId: readServerId(view, at), numberOfElements };
}
