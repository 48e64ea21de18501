/** What all definitions of payload types have in common. */
import { CODEC, type Codec, codecOf, type FixedCodec } from "./codec.ts";
import type { FixedType, PayloadType } from "./meaning.ts";
import { PayloadTypeError } from "./payload-errors.ts";

/** 1 TiB: what the static configuration of a service may state; keeps all arithmetic with sizes exact. */
const SIZE_MAX = 2 ** 40;

/** Makes a definition from what users see of it and from what it does. */
export function define<T extends PayloadType>(facts: object, codec: Codec): T {
  return Object.freeze(Object.defineProperty({ ...facts }, CODEC, { value: codec })) as T;
}

/**
 * Makes a definition whose size and alignment are those of its codec.
 *
 * @param facts what its users see beside these.
 * @throws PayloadTypeError `TooLarge`
 */
export function defineFixed<T extends FixedType>(facts: { readonly typeName: string }, codec: FixedCodec): T {
  const { kind, size, alignment } = codec;
  const { typeName } = facts;
  if (size > SIZE_MAX) {
    throw new PayloadTypeError(
      "TooLarge",
      typeName,
      `cannot define ${typeName}: it has ${size} bytes, but ${SIZE_MAX} at most are possible. Make it smaller.`,
    );
  }
  return define<T>({ kind, size, alignment, ...facts }, codec);
}

/** The codec of a type that is to be a part of another one. @throws PayloadTypeError `NotSelfContained` */
export function codecOfPart(part: FixedType, what: string): FixedCodec {
  const { kind } = (part as PayloadType | undefined | null) ?? { kind: undefined };
  if (kind === "fixed") return codecOf(part);
  throw new PayloadTypeError(
    "NotSelfContained",
    what,
    kind === "slice"
      ? `cannot define ${what} as a slice: only a whole payload may be one. Use array(T, n) or staticVec(T, n).`
      : `cannot define ${what}: it must be a payload type of fixed size, such as f64, struct(...) or array(T, n).`,
  );
}

/** @throws PayloadTypeError `InvalidLength` */
export function checkLength(length: number, what: string): void {
  if (Number.isSafeInteger(length) && length >= 1) return;
  throw new PayloadTypeError(
    "InvalidLength",
    what,
    `cannot define ${what} with ${length}: give an integer from 1 on.`,
  );
}
