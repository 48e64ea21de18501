/**
 * What a port tells about itself in the dynamic configuration of its service.
 *
 * ```text
 *    0  u128  port id
 *   16  ...   port name: 64 bytes, terminator @64, u64 length @72
 *   96  u128  node id
 *  112  ...   by kind of port
 *
 *  data segment of a sender, within what follows
 *    0  u64   longest slice, in elements
 *    8  u32   0 dynamic, 1 static
 *   12  u8    number of segments at most: 1 if it is static
 * ```
 */
import { readUniqueId, writeUniqueId } from "../base/unique-id.ts";

const PORT_ID = 0;
const PORT_NAME: number = PORT_ID + 16;
const PORT_NAME_CAPACITY = 64;
const PORT_NAME_LENGTH: number = PORT_NAME + PORT_NAME_CAPACITY + 8;
const NODE_ID: number = PORT_NAME_LENGTH + 8;
const REST: number = NODE_ID + 16;

/** Listeners, notifiers, readers and writers have nothing else. */
export const COMMON_DETAILS_SIZE: number = REST;

/** What any port tells about itself. Whoever wrote it may have lied. */
export interface PortDetails {
  readonly portId: bigint;
  /** Empty for a port without a name. */
  readonly portName: string;
  /** The node that the port was created through. */
  readonly nodeId: bigint;
}

export function readPortDetails(view: DataView): PortDetails {
  const length = Math.min(Number(view.getBigUint64(PORT_NAME_LENGTH, true)), PORT_NAME_CAPACITY);
  const name = new Uint8Array(view.buffer, view.byteOffset + PORT_NAME, length);
  return {
    portId: readUniqueId(view, PORT_ID),
    portName: Buffer.from(name).toString("latin1"),
    nodeId: readUniqueId(view, NODE_ID),
  };
}

/** @returns the whole entry of a listener, notifier, reader or writer. */
export function writeCommonDetails(details: PortDetails): Uint8Array {
  const entry = new Uint8Array(COMMON_DETAILS_SIZE);
  writePortDetails(new DataView(entry.buffer), details);
  return entry;
}

/** The whole entry of a listener, notifier, reader or writer. */
export function readCommonDetails(entry: Uint8Array): PortDetails {
  return readPortDetails(new DataView(entry.buffer, entry.byteOffset, entry.byteLength));
}

/** The two ids of any port's entry. */
export function readEntryIds(entry: Uint8Array): { readonly portId: bigint; readonly nodeId: bigint } {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  return { portId: readUniqueId(view, PORT_ID), nodeId: readUniqueId(view, NODE_ID) };
}

export function writePortDetails(view: DataView, { portId, portName, nodeId }: PortDetails): void {
  writeUniqueId(view, PORT_ID, portId);
  new Uint8Array(view.buffer, view.byteOffset).set(Buffer.from(portName, "latin1"), PORT_NAME);
  view.setBigUint64(PORT_NAME_LENGTH, BigInt(portName.length), true);
  writeUniqueId(view, NODE_ID, nodeId);
}

/** A 64-bit count of a peer: numbers beyond 2^53 become NaN, which no comparison accepts. */
export function readCount(view: DataView, offset: number): number {
  const value = view.getBigUint64(offset, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.NaN;
}

// --- subscriber ----------------------------------------------------------------------------------

const BUFFER_SIZE: number = REST;
const HISTORY_REQUEST: number = BUFFER_SIZE + 8;
export const SUBSCRIBER_DETAILS_SIZE: number = HISTORY_REQUEST + 8;

/** Numbers are NaN where they are more than a subscriber can mean. */
export interface SubscriberDetails extends PortDetails {
  /** How many samples wait for it per publisher at most. */
  readonly bufferSize: number;
  /** How many old samples it wants from each publisher. */
  readonly historyRequest: number;
}

export function readSubscriberDetails(entry: Uint8Array): SubscriberDetails {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  return {
    ...readPortDetails(view),
    bufferSize: readCount(view, BUFFER_SIZE),
    historyRequest: readCount(view, HISTORY_REQUEST),
  };
}

export function writeSubscriberDetails(details: SubscriberDetails): Uint8Array {
  const entry = new Uint8Array(SUBSCRIBER_DETAILS_SIZE);
  const view = new DataView(entry.buffer);
  writePortDetails(view, details);
  view.setBigUint64(BUFFER_SIZE, BigInt(details.bufferSize), true);
  view.setBigUint64(HISTORY_REQUEST, BigInt(details.historyRequest), true);
  return entry;
}

// --- data segment --------------------------------------------------------------------------------

const MAX_SLICE_LEN = 0;
const DATA_SEGMENT_TYPE: number = MAX_SLICE_LEN + 8;
const MAX_NUMBER_OF_SEGMENTS: number = DATA_SEGMENT_TYPE + 4;
export const DATA_SEGMENT_DETAILS_SIZE: number = DATA_SEGMENT_TYPE + 8;

const DATA_SEGMENT_TYPES = ["Dynamic", "Static"] as const;
export type DataSegmentType = (typeof DATA_SEGMENT_TYPES)[number];

/** The memory that a port sends from. */
export interface DataSegmentDetails {
  /** In elements; 1 for payloads of fixed size. */
  readonly maxSliceLen: number;
  /** "Dynamic" for a publisher that grows its memory. */
  readonly dataSegmentType: DataSegmentType;
  readonly maxNumberOfSegments: number;
}

/** @returns undefined if it is nonsense. */
export function readDataSegmentDetails(view: DataView, at: number): DataSegmentDetails | undefined {
  const dataSegmentType = DATA_SEGMENT_TYPES[view.getUint32(at + DATA_SEGMENT_TYPE, true)];
  if (dataSegmentType === undefined) return undefined;
  return {
    maxSliceLen: readCount(view, at + MAX_SLICE_LEN),
    dataSegmentType,
    maxNumberOfSegments: view.getUint8(at + MAX_NUMBER_OF_SEGMENTS),
  };
}

export function writeDataSegmentDetails(view: DataView, at: number, details: DataSegmentDetails): void {
  view.setBigUint64(at + MAX_SLICE_LEN, BigInt(details.maxSliceLen), true);
  view.setUint32(at + DATA_SEGMENT_TYPE, DATA_SEGMENT_TYPES.indexOf(details.dataSegmentType), true);
  view.setUint8(at + MAX_NUMBER_OF_SEGMENTS, details.maxNumberOfSegments);
}

// --- publisher -----------------------------------------------------------------------------------

const NUMBER_OF_SAMPLES: number = REST;
const DATA_SEGMENT: number = NUMBER_OF_SAMPLES + 8;
export const PUBLISHER_DETAILS_SIZE: number = DATA_SEGMENT + DATA_SEGMENT_DETAILS_SIZE;

/** Numbers are NaN where they are more than a publisher can mean. */
export interface PublisherDetails extends PortDetails, DataSegmentDetails {
  /** How many chunks each of its data segments has. */
  readonly numberOfSamples: number;
}

/** @returns undefined if the entry is nonsense. */
export function readPublisherDetails(entry: Uint8Array): PublisherDetails | undefined {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const dataSegment = readDataSegmentDetails(view, DATA_SEGMENT);
  if (dataSegment === undefined) return undefined;
  return {
    ...readPortDetails(view),
    ...dataSegment,
    numberOfSamples: readCount(view, NUMBER_OF_SAMPLES),
  };
}

export function writePublisherDetails(details: PublisherDetails): Uint8Array {
  const entry = new Uint8Array(PUBLISHER_DETAILS_SIZE);
  const view = new DataView(entry.buffer);
  writePortDetails(view, details);
  view.setBigUint64(NUMBER_OF_SAMPLES, BigInt(details.numberOfSamples), true);
  writeDataSegmentDetails(view, DATA_SEGMENT, details);
  return entry;
}

// --- node ----------------------------------------------------------------------------------------

export const NODE_ENTRY_SIZE = 16;
