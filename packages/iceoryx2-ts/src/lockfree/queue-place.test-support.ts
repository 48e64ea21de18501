/** Queues in memory of their own. */
import fc from "fast-check";
import { Region } from "../memory/region.ts";
import type { QueuePlace } from "./queue-place.ts";

const WRITE_POSITION = 0;
const READ_POSITION = 8;
const SLOTS = 16;

/** How much memory a queue with so many slots takes. */
export function queueSize(numberOfSlots: number): number {
  return SLOTS + 8 * numberOfSlots;
}

export function queuePlaceIn(region: Region, capacity: number): QueuePlace {
  return { region, writePosition: WRITE_POSITION, readPosition: READ_POSITION, slots: SLOTS, capacity };
}

/** Memory for a queue of either kind. What surrounds it is filled and must stay so. */
export function newQueuePlace(capacity: number, start = 0n): QueuePlace {
  const size = queueSize(capacity + 1);
  const place = queuePlaceIn(new Region(new ArrayBuffer(size + GUARD), size), capacity);
  setPositions(place, start, start);
  place.region.bytes.fill(GUARD_BYTE, size);
  return place;
}

const GUARD = 64;
const GUARD_BYTE = 0xa5;

/** Whether nothing was written behind the queue. */
export function isGuardIntact({ region }: QueuePlace): boolean {
  return region.bytes.subarray(region.size).every((byte) => byte === GUARD_BYTE);
}

export function setPositions({ region }: QueuePlace, read: bigint, write: bigint): void {
  region.longs[READ_POSITION / 8] = read;
  region.longs[WRITE_POSITION / 8] = write;
}

export function positionsOf({ region }: QueuePlace): { readonly read: bigint; readonly write: bigint } {
  return { read: region.longs[READ_POSITION / 8]!, write: region.longs[WRITE_POSITION / 8]! };
}

/** Positions at which something wraps or is about to, and any other. */
export const anyPosition: fc.Arbitrary<bigint> = fc.oneof(
  fc.constant(0n),
  fc
    .tuple(fc.constantFrom(2n ** 32n, 2n ** 33n, 7n * 2n ** 32n), fc.bigInt(-6n, 6n))
    .map(([wrap, distance]) => wrap + distance),
  fc.bigInt(0n, 2n ** 63n),
);

/** Small values, and some that need both halves of a slot. */
export const anyValue: fc.Arbitrary<number> = fc.oneof(fc.nat(1000), fc.maxSafeNat());
