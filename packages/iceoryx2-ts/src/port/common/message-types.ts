/** The types of a service's messages at run time: where the parts of a chunk lie and how they are read and written. */
import { ChunkLayout } from "../../payload/chunk-layout.ts";
import { type Codec, codecOf, type FixedCodec } from "../../payload/codec.ts";
import type { FixedType, PayloadType } from "../../payload/meaning.ts";
import { isUntyped, UntypedValueCodec, untypedCodec } from "../../payload/untyped.ts";
import type { MessageTypeDetails } from "../../service/static-config.ts";
import type { ChunkDemands } from "./receiver-connection.ts";

export interface MessageTypes {
  readonly payload: Codec;
  readonly userHeader: FixedCodec | undefined;
  /** In bytes. */
  readonly userHeaderSize: number;
  /** From the service's static configuration, whose alignment may be larger than the type's own. */
  readonly layout: ChunkLayout;
  readonly length: LengthField;
}

/** The number of elements in the system header, which lies elsewhere in each pattern. */
export interface LengthField {
  /** @param at where the chunk begins. */
  write(view: DataView, at: number, count: number): void;
  /** What a sender wrote; it may be anything up to 2^64. */
  read(view: DataView, at: number): number;
}

export function messageTypes(
  details: MessageTypeDetails,
  payload: PayloadType,
  userHeader: FixedType | undefined,
  length: LengthField,
): MessageTypes {
  const layout = new ChunkLayout(details.header, details.userHeader, details.payload);
  const userHeaderSize = details.userHeader.size;
  if (isUntyped(payload)) {
    return {
      payload: untypedCodec(details.payload),
      userHeader: userHeaderSize === 0 ? undefined : new UntypedValueCodec(details.userHeader),
      userHeaderSize,
      layout,
      length,
    };
  }
  return {
    payload: codecOf(payload),
    userHeader: userHeader === undefined ? undefined : (codecOf(userHeader) as FixedCodec),
    userHeaderSize,
    layout,
    length,
  };
}

/** What a receiver checks of the memory that its senders have. */
export function chunkDemands({ layout, payload }: MessageTypes): Omit<ChunkDemands, "describeChunk"> {
  return {
    chunkAlignment: layout.alignment,
    chunkSizeMin: layout.chunkSize(payload.kind === "fixed" ? 1 : 0),
  };
}
