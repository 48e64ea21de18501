/** The types of a service's messages at run time: where the parts of a chunk lie and how they are read and written. */
import { ChunkLayout } from "../../payload/chunk-layout.ts";
import { type Codec, codecOf, type FixedCodec } from "../../payload/codec.ts";
import type { FixedType, PayloadType } from "../../payload/meaning.ts";
import type { MessageTypeDetails } from "../../service/static-config.ts";

export interface MessageTypes {
  readonly payload: Codec;
  readonly userHeader: FixedCodec | undefined;
  /** In bytes. */
  readonly userHeaderSize: number;
  /** From the service's static configuration, whose alignment may be larger than the type's own. */
  readonly layout: ChunkLayout;
}

export function messageTypes(
  details: MessageTypeDetails,
  payload: PayloadType,
  userHeader: FixedType | undefined,
): MessageTypes {
  return {
    payload: codecOf(payload),
    userHeader: userHeader === undefined ? undefined : (codecOf(userHeader) as FixedCodec),
    userHeaderSize: details.userHeader.size,
    layout: new ChunkLayout(details.header, details.userHeader, details.payload),
  };
}
