/**
 * The ids of nodes, services and ports: unique on the machine until it is switched off.
 *
 * ```text
 *   0   u32   seconds       CLOCK_MONOTONIC when the id was made, the low 32 bits    \  payload value
 *   4   u32   nanoseconds                                                            /
 *   8   u32   pid           as seen outside of all pid namespaces                    \  unique value
 *  12   u32   counter                                                                /
 * ```
 *
 * An id is a bigint: these 16 little-endian bytes read as one number. Names print it in decimal.
 */

const U32 = 0xffff_ffffn;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

export interface UniqueIdParts {
  /** CLOCK_MONOTONIC; the low 32 bits count. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The process id as seen outside of all pid namespaces. */
  readonly pid: number;
  /** Different in every id that is made within one process and nanosecond. */
  readonly counter: number;
}

export function makeUniqueId({ seconds, nanoseconds, pid, counter }: UniqueIdParts): bigint {
  return joinUniqueId(joinHalves(seconds, nanoseconds), joinHalves(pid, counter));
}

/** An id from the two u64 that documents store; upstream calls them payload value and unique value. */
export function joinUniqueId(payloadValue: bigint, uniqueValue: bigint): bigint {
  return (uniqueValue << 64n) | payloadValue;
}

export function readUniqueId(view: DataView, at: number): bigint {
  return joinUniqueId(view.getBigUint64(at, true), view.getBigUint64(at + 8, true));
}

export function writeUniqueId(view: DataView, at: number, id: bigint): void {
  view.setBigUint64(at, payloadValueOf(id), true);
  view.setBigUint64(at + 8, ownerOf(id), true);
}

/** The lower u64: when the id was made. */
export function payloadValueOf(id: bigint): bigint {
  return BigInt.asUintN(64, id);
}

/**
 * The upper u64, upstream's unique value: who made the id. Of a node's id it is the owner that the entries of the
 * node carry in shared memory.
 */
export function ownerOf(id: bigint): bigint {
  return BigInt.asUintN(64, id >> 64n);
}

/** The process that made the id, as seen outside of all pid namespaces. */
export function pidOf(id: bigint): number {
  return Number(ownerOf(id) & U32);
}

/** When the id was made: nanoseconds of CLOCK_MONOTONIC. */
export function creationTimeOf(id: bigint): bigint {
  const payloadValue = payloadValueOf(id);
  return (payloadValue & U32) * NANOSECONDS_PER_SECOND + (payloadValue >> 32n);
}

function joinHalves(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
