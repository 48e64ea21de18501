import { alignUp } from "../memory/alignment.ts";
import type { TypeDetail } from "./type-detail.ts";

/**
 * Where the parts of a message lie in its chunk.
 *
 * ```text
 *   0                   header           of iceoryx2 itself, per messaging pattern
 *                       padding          to the alignment of the user header
 *   userHeaderOffset    user header      0 bytes where there is none
 *                       padding          to the alignment of the payload
 *   payloadOffset       element 0        the payload, or the first element of a slice
 *    + elementStride    element 1 ...
 *                       padding          so that the next chunk is aligned as well
 *   chunkSize(n)
 * ```
 *
 * The chunk itself lies at a multiple of `alignment`. All sizes and offsets are in bytes and follow from the types
 * in the service's static configuration, not from those that a process asked for: alignments may differ.
 */
export class ChunkLayout {
  readonly userHeaderOffset: number;
  readonly payloadOffset: number;
  readonly alignment: number;
  readonly elementStride: number;

  constructor(header: TypeDetail, userHeader: TypeDetail, payload: TypeDetail) {
    this.userHeaderOffset = alignUp(header.size, userHeader.alignment);
    this.payloadOffset = alignUp(this.userHeaderOffset + userHeader.size, payload.alignment);
    this.alignment = Math.max(header.alignment, userHeader.alignment, payload.alignment);
    this.elementStride = alignUp(payload.size, payload.alignment);
  }

  /** The bytes that a message takes. @param elements of a slice; 1 for a payload of fixed size. */
  chunkSize(elements: number): number {
    return alignUp(this.payloadOffset + this.elementStride * elements, this.alignment);
  }
}
