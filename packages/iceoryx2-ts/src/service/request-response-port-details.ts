/**
 * What servers and clients tell about themselves in the dynamic configuration of their service.
 *
 * ```text
 *  server                               client
 *    0  ...  as every port                0  ...  as every port
 *  112  u64  request buffer size        112  u64  number of requests
 *  120  u64  number of responses        120  u64  response buffer size
 *  128  ...  data segment               128  ...  data segment
 *                                       144  u64  active requests
 * ```
 */
import {
  COMMON_DETAILS_SIZE,
  DATA_SEGMENT_DETAILS_SIZE,
  type DataSegmentDetails,
  type PortDetails,
  readCount,
  readDataSegmentDetails,
  readPortDetails,
  writeDataSegmentDetails,
  writePortDetails,
} from "./port-details.ts";

const FIRST_COUNT: number = COMMON_DETAILS_SIZE;
const SECOND_COUNT: number = FIRST_COUNT + 8;
const DATA_SEGMENT: number = SECOND_COUNT + 8;
const MAX_ACTIVE_REQUESTS: number = DATA_SEGMENT + DATA_SEGMENT_DETAILS_SIZE;

export const SERVER_DETAILS_SIZE: number = MAX_ACTIVE_REQUESTS;
export const CLIENT_DETAILS_SIZE: number = MAX_ACTIVE_REQUESTS + 8;

export interface ServerDetails extends PortDetails, DataSegmentDetails {
  /** How many requests wait for it per client at most. */
  readonly requestBufferSize: number;
  /** How many chunks each of its data segments has. */
  readonly numberOfResponses: number;
}

export interface ClientDetails extends PortDetails, DataSegmentDetails {
  /** How many chunks each of its data segments has. */
  readonly numberOfRequests: number;
  /** How many responses to one request wait for it per server at most. */
  readonly responseBufferSize: number;
  /** How many pending responses it can hold at the same time. */
  readonly maxActiveRequests: number;
}

/** @returns undefined if the entry is nonsense. */
export function readServerDetails(entry: Uint8Array): ServerDetails | undefined {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const dataSegment = readDataSegmentDetails(view, DATA_SEGMENT);
  if (dataSegment === undefined) return undefined;
  return {
    ...readPortDetails(view),
    ...dataSegment,
    requestBufferSize: readCount(view, FIRST_COUNT),
    numberOfResponses: readCount(view, SECOND_COUNT),
  };
}

export function writeServerDetails(details: ServerDetails): Uint8Array {
  const entry = new Uint8Array(SERVER_DETAILS_SIZE);
  const view = new DataView(entry.buffer);
  writePortDetails(view, details);
  view.setBigUint64(FIRST_COUNT, BigInt(details.requestBufferSize), true);
  view.setBigUint64(SECOND_COUNT, BigInt(details.numberOfResponses), true);
  writeDataSegmentDetails(view, DATA_SEGMENT, details);
  return entry;
}

/** @returns undefined if the entry is nonsense. */
export function readClientDetails(entry: Uint8Array): ClientDetails | undefined {
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const dataSegment = readDataSegmentDetails(view, DATA_SEGMENT);
  if (dataSegment === undefined) return undefined;
  return {
    ...readPortDetails(view),
    ...dataSegment,
    numberOfRequests: readCount(view, FIRST_COUNT),
    responseBufferSize: readCount(view, SECOND_COUNT),
    maxActiveRequests: readCount(view, MAX_ACTIVE_REQUESTS),
  };
}

export function writeClientDetails(details: ClientDetails): Uint8Array {
  const entry = new Uint8Array(CLIENT_DETAILS_SIZE);
  const view = new DataView(entry.buffer);
  writePortDetails(view, details);
  view.setBigUint64(FIRST_COUNT, BigInt(details.numberOfRequests), true);
  view.setBigUint64(SECOND_COUNT, BigInt(details.responseBufferSize), true);
  writeDataSegmentDetails(view, DATA_SEGMENT, details);
  view.setBigUint64(MAX_ACTIVE_REQUESTS, BigInt(details.maxActiveRequests), true);
  return entry;
}
