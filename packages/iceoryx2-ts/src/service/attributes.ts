/** Attributes: what the creator of a service says about it, and what who opens it may insist on. */
import { Iox2Error } from "../base/iox2-error.ts";
import { checkAttributeKey, checkAttributeValue } from "../base/names.ts";

export const MAX_ATTRIBUTES = 8;

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** Sorted by key, then by value. */
export type Attributes = readonly Attribute[];

/** Attributes as users write them. A key with several values has a list. */
export type AttributeValues = Readonly<Record<string, string | readonly string[]>>;

/** What a service must have to be opened. */
export interface AttributeRequirements {
  readonly attributes: Attributes;
  /** Any value will do. */
  readonly keys: readonly string[];
}

const attributeDefinitionCodes = ["ExceedsMaxSupportedAttributes"] as const;
/** A service cannot have that many attributes. */
export class AttributeDefinitionError extends Iox2Error<(typeof attributeDefinitionCodes)[number]> {
  static override readonly className: string = "AttributeDefinitionError";
  static readonly codes: readonly string[] = attributeDefinitionCodes;
}

/**
 * The attributes of a service in the order in which they are stored.
 *
 * @throws InvalidNameError for a key or value that is not allowed.
 * @throws AttributeDefinitionError for more than 8 attributes.
 */
export function defineAttributes(values: AttributeValues): Attributes {
  const attributes = Object.entries(values).flatMap(([key, value]) =>
    (typeof value === "string" ? [value] : value).map((single): Attribute => ({ key, value: single })),
  );
  for (const { key, value } of attributes) {
    checkAttributeKey(key);
    checkAttributeValue(value);
  }
  checkNumber(attributes.length, "define", "attributes");
  return attributes.sort((a, b) => compare(a.key, b.key) || compare(a.value, b.value));
}

/**
 * @throws InvalidNameError for a key or value that is not allowed.
 * @throws AttributeDefinitionError for more than 8 requirements.
 */
export function requireAttributes(
  values: AttributeValues = {},
  keys: readonly string[] = [],
): AttributeRequirements {
  const attributes = defineAttributes(values);
  for (const key of keys) checkAttributeKey(key);
  checkNumber(attributes.length + keys.length, "require", "attributes and keys");
  return { attributes, keys };
}

/** Which requirement the attributes do not meet and what to do, in words; undefined if they meet all of them. */
export function checkRequirements(
  attributes: Attributes,
  requirements: AttributeRequirements,
): string | undefined {
  const advice = "Require what the service has, or create it with that attribute.";
  const valuesOf = (key: string): string[] =>
    attributes.filter((attribute) => attribute.key === key).map(({ value }) => value);
  for (const { key, value } of requirements.attributes) {
    const existing = valuesOf(key);
    if (existing.includes(value)) continue;
    const found = existing.length === 0 ? "there is none" : `it is ${existing.map(quote).join(" and ")}`;
    return `its attribute ${quote(key)} must be ${quote(value)}, but ${found}. ${advice}`;
  }
  const missing = requirements.keys.find((key) => valuesOf(key).length === 0);
  return missing && `it must have an attribute ${quote(missing)}, but there is none. ${advice}`;
}

function checkNumber(number: number, verb: string, what: string): void {
  if (number <= MAX_ATTRIBUTES) return;
  const message = `cannot ${verb} ${number} ${what}: a service can have ${MAX_ATTRIBUTES}. Leave some out.`;
  throw new AttributeDefinitionError("ExceedsMaxSupportedAttributes", "attributes", message);
}

/** By code units: names are ASCII, so this is upstream's order of bytes. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function quote(name: string): string {
  return JSON.stringify(name);
}
