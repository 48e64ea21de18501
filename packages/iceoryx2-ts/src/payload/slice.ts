/** Payloads whose length is chosen per message. */
import { codecOfPart, define } from "./define.ts";
import { ElementsCodec, type Many } from "./elements.ts";
import type { FixedType, SliceType } from "./meaning.ts";
import { type U8, u8 } from "./scalars.ts";

/**
 * A payload of as many elements as each message needs; Rust's `[T]`.
 *
 * Its view is the typed array for the elements where there is one, which cannot be revoked: after the sample was
 * released it stays safe to read, but may show later data. **Writing to the typed array of a received sample ends the
 * process**, for that memory is mapped read-only.
 *
 * @throws PayloadTypeError `NotSelfContained`
 */
export function slice<E extends FixedType>(element: E): SliceType<E, Many<E>> {
  const codec = new ElementsCodec(codecOfPart(element, "the element of a slice"));
  return define<SliceType<E, Many<E>>>({ kind: "slice", element }, codec);
}

/** Bytes, as many as each message needs: the same as `slice(u8)`. */
export const bytes: SliceType<U8, Many<U8>> = slice(u8);
