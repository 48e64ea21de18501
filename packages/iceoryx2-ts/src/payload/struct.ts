/** Structs, laid out as C does it. */
import { checkTypeName } from "../base/names.ts";
import { alignUp } from "../memory/alignment.ts";
import type { FixedCodec } from "./codec.ts";
import { codecOfPart, defineFixed } from "./define.ts";
import type { FixedType, Input, Meaning, ReadonlyView, Value, View } from "./meaning.ts";
import { PayloadTypeError } from "./payload-errors.ts";
import { type Field, StructCodec } from "./struct-codec.ts";

export type Fields = { readonly [name: string]: FixedType };

interface StructMeaning<F extends Fields> extends Meaning {
  view: { [K in keyof F]: View<F[K]> };
  readonlyView: { readonly [K in keyof F]: ReadonlyView<F[K]> };
  value: { [K in keyof F]: Value<F[K]> };
  input: { readonly [K in keyof F]: Input<F[K]> };
}

export interface StructType<F extends Fields> extends FixedType<StructMeaning<F>> {
  readonly fields: F;
}

/** Integer-like names are refused: JavaScript would move them to the front and change the layout. */
type InOrder<F> = {
  readonly [K in keyof F]: K extends number | `${number}`
    ? "field names must not be numbers: JavaScript reorders them"
    : F[K];
};

/**
 * A struct with the layout of C: the fields in the order of the keys, each at a multiple of its alignment.
 *
 * @param typeName what peers must call it as well; up to 256 ASCII characters.
 * @throws PayloadTypeError `NoFields`, `InvalidFieldName`, `NotSelfContained`, `TooLarge`
 * @throws InvalidNameError for the name of the type.
 */
export function struct<F extends Fields>(typeName: string, fields: F & InOrder<F>): StructType<F> {
  checkTypeName(typeName);
  checkFieldNames(typeName, fields);
  const laidOut = layOut(typeName, fields);
  const facts = { typeName, fields: Object.freeze({ ...fields }) };
  return defineFixed<StructType<F>>(facts, new StructCodec(typeName, laidOut));
}

const REORDERED = /^\d+$/;

function checkFieldNames(typeName: string, fields: Fields): void {
  const names = Object.keys(fields);
  if (names.length === 0) {
    const problem = `cannot define ${typeName}: a struct has at least one field.`;
    throw new PayloadTypeError("NoFields", typeName, problem);
  }
  const refuse = (name: string, reason: string): never => {
    const problem = `cannot define ${typeName} with a field "${name}": ${reason}. Choose another name.`;
    throw new PayloadTypeError("InvalidFieldName", `${typeName}.${name}`, problem);
  };
  const reordered = names.find((name) => REORDERED.test(name));
  if (reordered !== undefined)
    refuse(reordered, "JavaScript moves such keys to the front, and order is layout");
  // Written as an ordinary key, it has become the prototype of the object and not a key.
  if (names.includes("__proto__") || !isPlain(fields))
    refuse("__proto__", "JavaScript gives it another meaning");
}

function isPlain(fields: Fields): boolean {
  const prototype: unknown = Object.getPrototypeOf(fields);
  // An object of another realm has another Object.prototype, which is the end of its chain as well.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function layOut(typeName: string, fields: Fields): Field[] {
  let end = 0;
  return Object.entries(fields).map(([name, type]) => {
    const codec: FixedCodec = codecOfPart(type, `${typeName}.${name}`);
    const offset = alignUp(end, codec.alignment);
    end = offset + codec.size;
    return { name, offset, codec };
  });
}
