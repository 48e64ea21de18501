/** Errors about payload types and about values that are written into them. */
import { Iox2Error } from "../base/iox2-error.ts";

const payloadTypeCodes = [
  "InvalidAlignment",
  "InvalidFieldName",
  "InvalidLength",
  "NoFields",
  "NotSelfContained",
  "TooLarge",
  "Untyped",
] as const;
/** A payload type cannot be defined or used as asked for. */
export class PayloadTypeError extends Iox2Error<(typeof payloadTypeCodes)[number]> {
  static override readonly className: string = "PayloadTypeError";
  static readonly codes: readonly string[] = payloadTypeCodes;
}

/** Stands in for the name of a value whose type is no struct. */
export const WHOLE = "value";

const payloadValueCodes = ["InvalidContent", "MissingField", "TooLong", "WrongType"] as const;
/**
 * A value does not fit the payload type that it is written to. `origin` says which part of it, such as
 * `Robot.pose.x`. What precedes that part in memory may have been written already.
 */
export class PayloadValueError extends Iox2Error<(typeof payloadValueCodes)[number]> {
  static override readonly className: string = "PayloadValueError";
  static readonly codes: readonly string[] = payloadValueCodes;
  readonly #path: string;
  readonly #problem: string;

  /**
   * @param problem what is, and what to do.
   * @param root the name of the whole value.
   * @param path leads from the whole to the part that does not fit.
   */
  constructor(code: PayloadValueError["code"], problem: string, root: string = WHOLE, path: string = "") {
    super(code, `${root}${path}`, `cannot write ${root}${path}: ${problem}`);
    this.#path = path;
    this.#problem = problem;
  }

  /** The same error as seen from the value that contains the one it is about; other errors pass unchanged. */
  static within(error: unknown, root: string, step: string): unknown {
    if (!(typeof error === "object" && error !== null && #path in error)) return error;
    return new PayloadValueError(error.code, error.#problem, root, `${step}${error.#path}`);
  }
}

const SHOWN_CHARACTERS_MAX = 40;

/** Names a value in messages, in a few words. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `the string ${JSON.stringify(shorten(value))}`;
    case "number":
    case "boolean":
      return `the ${typeof value} ${value}`;
    case "bigint":
      return `the bigint ${value}n`;
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : "an object";
    default:
      return value === undefined ? "undefined" : `a ${typeof value}`;
  }
}

function shorten(text: string): string {
  return text.length <= SHOWN_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_CHARACTERS_MAX)}...`;
}
