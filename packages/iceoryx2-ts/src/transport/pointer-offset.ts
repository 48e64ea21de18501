/**
 * What travels through the queues: which chunk of which segment. Upstream: `PointerOffset`.
 *
 * ```text
 *   bits 0..7    segment id
 *   bits 8..63   offset of the chunk from bucket 0 of that segment, in bytes
 * ```
 *
 * As a JavaScript number it is exact up to 2^53, which is a segment of 32 TiB.
 */
const SEGMENT_IDS = 256;

export function pointerOffset(segmentId: number, offset: number): number {
  return offset * SEGMENT_IDS + segmentId;
}

export function segmentIdOf(pointer: number): number {
  return pointer & (SEGMENT_IDS - 1);
}

export function offsetOf(pointer: number): number {
  return Math.floor(pointer / SEGMENT_IDS);
}
