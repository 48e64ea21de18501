/**
 * The system header in front of every sample.
 *
 * ```text
 *    0  u128  node id of the publisher
 *   16  u128  publisher id
 *   32  u64   number of elements: 1, or the length of the slice
 *   40  u64   payload offset: 0 but for Flatbuffers
 * ```
 */
import { readUniqueId, writeUniqueId } from "../../base/unique-id.ts";
import { readNumber64, writeNumber64 } from "../../memory/number64.ts";
import type { LengthField } from "../common/message-types.ts";

const NODE_ID = 0;
const PUBLISHER_ID: number = NODE_ID + 16;
const NUMBER_OF_ELEMENTS: number = PUBLISHER_ID + 16;
const PAYLOAD_OFFSET: number = NUMBER_OF_ELEMENTS + 8;

/** Who sent a sample and how many elements it has. */
export interface SampleHeader {
  readonly nodeId: bigint;
  readonly publisherId: bigint;
  /** 1 for a payload of fixed size, the length of a slice. */
  readonly numberOfElements: number;
}

export function writeSampleHeader(view: DataView, at: number, nodeId: bigint, publisherId: bigint): void {
  writeUniqueId(view, at + NODE_ID, nodeId);
  writeUniqueId(view, at + PUBLISHER_ID, publisherId);
  sampleLength.write(view, at, 1);
  view.setBigUint64(at + PAYLOAD_OFFSET, 0n, true);
}

export const sampleLength: LengthField = {
  write: (view, at, count) => writeNumber64(view, at + NUMBER_OF_ELEMENTS, count),
  read: (view, at) => readNumber64(view, at + NUMBER_OF_ELEMENTS),
};

/** @param numberOfElements as it was checked when the message was received. */
export function readSampleHeader(view: DataView, at: number, numberOfElements: number): SampleHeader {
  return {
    nodeId: readUniqueId(view, at + NODE_ID),
    publisherId: readUniqueId(view, at + PUBLISHER_ID),
    numberOfElements,
  };
}
