/** What a service stores about a type, so that peers can check that they mean the same. */
import { checkTypeName } from "../base/names.ts";
import { codecOf } from "./codec.ts";
import type { PayloadType } from "./meaning.ts";
import { PayloadTypeError } from "./payload-errors.ts";

export interface TypeDetail {
  /** "Dynamic" for a slice; name, size and alignment are then those of one element. */
  readonly variant: "FixedSize" | "Dynamic";
  readonly typeName: string;
  /** In bytes. */
  readonly size: number;
  /** In bytes; a power of two. */
  readonly alignment: number;
}

/** The absence of a type, as of a user header that nobody asked for. */
export const UNIT_TYPE_DETAIL: TypeDetail = Object.freeze({
  variant: "FixedSize",
  typeName: "()",
  size: 0,
  alignment: 1,
});

/** A page: mappings begin at one, and upstream's allocator serves no more. */
const ALIGNMENT_MAX = 4096;

/**
 * @param payloadAlignment raises the type's own alignment, in bytes; a power of two.
 * @throws PayloadTypeError `InvalidAlignment`, `Untyped`, or `NotSelfContained` if it is no payload type.
 * @throws InvalidNameError if its name, which may be made of other types' names, is too long.
 */
export function typeDetailOf(type: PayloadType, payloadAlignment: number = 1): TypeDetail {
  codecOf(type);
  if ("untyped" in type) throw untypedError("type details", "describe `untyped`");
  const { typeName, size, alignment } = type.kind === "slice" ? type.element : type;
  checkTypeName(typeName);
  checkAlignment(payloadAlignment, typeName);
  return {
    variant: type.kind === "slice" ? "Dynamic" : "FixedSize",
    typeName,
    size,
    alignment: Math.max(alignment, payloadAlignment),
  };
}

/** The type in words: its name, size and alignment. */
export function describeTypeDetail({ variant, typeName, size, alignment }: TypeDetail): string {
  const layout = `${size} ${size === 1 ? "byte" : "bytes"}, alignment ${alignment}`;
  return variant === "Dynamic" ? `a slice of "${typeName}" (each ${layout})` : `"${typeName}" (${layout})`;
}

/** What differs, in words, with both values. */
export function describeDifference(expected: TypeDetail, actual: TypeDetail): string {
  const differences: string[] = [];
  const compare = (what: string, wanted: string | number, found: string | number): void => {
    if (wanted !== found) differences.push(`the ${what} is ${found} instead of ${wanted}`);
  };
  compare("name", `"${expected.typeName}"`, `"${actual.typeName}"`);
  compare("variant", expected.variant, actual.variant);
  compare("size", expected.size, actual.size);
  compare("alignment", expected.alignment, actual.alignment);
  return differences.length > 0 ? differences.join(", ") : "nothing differs";
}

/** For what cannot be done without knowing the types. @param what such as "create a service". */
export function untypedError(origin: string, what: string): PayloadTypeError {
  return new PayloadTypeError(
    "Untyped",
    origin,
    `cannot ${what}: \`untyped\` stands for the types of a service that exists. Open it, or say what its types are.`,
  );
}

function checkAlignment(alignment: number, typeName: string): void {
  const isPowerOfTwo = Number.isInteger(Math.log2(alignment));
  if (isPowerOfTwo && alignment >= 1 && alignment <= ALIGNMENT_MAX) return;
  throw new PayloadTypeError(
    "InvalidAlignment",
    typeName,
    `cannot align ${typeName} to ${alignment} bytes: give a power of two from 1 to ${ALIGNMENT_MAX}.`,
  );
}
