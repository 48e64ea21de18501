import { checkTypeName } from "../base/names.ts";
import { codecOfPart, define } from "./define.ts";
import type { FixedType } from "./meaning.ts";

/**
 * The same type under another name, for peers that call it differently: Python's `c_uint8 * 4` is
 * `named("c_ubyte_Array_4", array(u8, 4))`, and C lets everybody choose. Only the name of a whole payload, user header
 * or element of a slice is compared.
 *
 * @throws InvalidNameError, PayloadTypeError `NotSelfContained`
 */
export function named<T extends FixedType>(typeName: string, type: T): T {
  checkTypeName(typeName);
  return define<T>({ ...type, typeName }, codecOfPart(type, `the type "${typeName}"`));
}
