/**
 * Typed TOML: one description of a document both reads and writes it.
 *
 * Documents come from other processes, so reading is strict about types and ranges. Keys that a description does not
 * mention are ignored, as upstream does.
 */
import { parse, stringify, type TomlTable } from "smol-toml";
import { joinDuration, splitDuration } from "../base/duration.ts";
import { Iox2Error } from "../base/iox2-error.ts";

const documentErrorCodes = ["InvalidSyntax", "InvalidContent"] as const;
/** A document is not TOML, or a value in it is missing or not what it must be. The message names the key. */
export class DocumentError extends Iox2Error<(typeof documentErrorCodes)[number]> {
  static override readonly className: string = "DocumentError";
  static readonly codes: readonly string[] = documentErrorCodes;
}

/** What one value of a document means. */
export interface Codec<T> {
  /**
   * @param raw what the parser made of it (integers are bigint); undefined where the key is missing.
   * @param key the full key, for messages.
   * @throws DocumentError `InvalidContent`
   */
  decode(raw: unknown, key: string): T;
  /** @returns undefined where the key is left out. */
  encode(value: T): unknown;
}

/** How the keys of a table are derived from the names of the properties. */
export type KeyCase = "kebab-case" | "snake_case";

export const boolean: Codec<boolean> = {
  decode: (raw, key) => (typeof raw === "boolean" ? raw : reject(raw, key, "true or false")),
  encode: (value) => value,
};

/** @param check throws where the text is not allowed. */
export function text(check: (value: string) => void): Codec<string> {
  return {
    decode(raw, key): string {
      if (typeof raw !== "string") return reject(raw, key, "a string");
      try {
        check(raw);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new DocumentError("InvalidContent", key, `${key}: ${reason}`, { cause });
      }
      return raw;
    },
    encode: (value) => value,
  };
}

export function oneOf<T extends string>(...variants: readonly T[]): Codec<T> {
  const expected = variants.map((variant) => `"${variant}"`).join(" or ");
  return {
    decode: (raw, key) => variants.find((variant) => variant === raw) ?? reject(raw, key, expected),
    encode: (value) => value,
  };
}

/** An integer from 0 to `maximum`. */
export function integer(maximum: number): Codec<number> {
  return {
    decode: (raw, key) => Number(decodeInteger(raw, key, BigInt(maximum))),
    encode: (value) => value,
  };
}

/** A u64. Upstream writes those above the 63 bits of TOML as well. */
export const u64: Codec<bigint> = {
  decode: (raw, key) => decodeInteger(raw, key, 2n ** 64n - 1n),
  encode: (value) => value,
};

/** A table of seconds and nanoseconds, as milliseconds. Both keys must be there. */
export function duration(secondsKey: string, nanosecondsKey: string): Codec<number> {
  return {
    decode(raw, key): number {
      const table = decodeTable(raw, key);
      const seconds = decodeInteger(table[secondsKey], `${key}.${secondsKey}`, 2n ** 64n - 1n);
      const nanoseconds = decodeInteger(table[nanosecondsKey], `${key}.${nanosecondsKey}`, 2n ** 32n - 1n);
      return joinDuration({ seconds, nanoseconds });
    },
    encode(value): unknown {
      const { seconds, nanoseconds } = splitDuration(value);
      return { [secondsKey]: seconds, [nanosecondsKey]: nanoseconds };
    },
  };
}

/** A missing key means `absent`, and `absent` is not written. */
export function optional<T, A extends null | undefined>(codec: Codec<T>, absent: A): Codec<T | A> {
  return {
    decode: (raw, key) => (raw === undefined ? absent : codec.decode(raw, key)),
    encode: (value) => (value === absent ? undefined : codec.encode(value as T)),
  };
}

/** At most `maximumLength` elements. */
export function list<T>(codec: Codec<T>, maximumLength: number): Codec<readonly T[]> {
  return {
    decode(raw, key): readonly T[] {
      if (!Array.isArray(raw) || raw.length > maximumLength) {
        return reject(raw, key, `a list of at most ${maximumLength} elements`);
      }
      return raw.map((element, index) => codec.decode(element, `${key}[${index}]`));
    },
    encode: (values) => values.map((value) => codec.encode(value)),
  };
}

/** A table with one key per property, written in the order of `codecs`. */
export function record<T extends object>(
  keyCase: KeyCase,
  codecs: { readonly [K in keyof T]-?: Codec<T[K]> },
): Codec<T> {
  const properties = Object.entries<Codec<unknown>>(codecs as Record<string, Codec<unknown>>).map(
    ([name, codec]) => ({ name, codec, key: keyOf(name, keyCase) }),
  );
  return {
    decode(raw, key): T {
      const table = decodeTable(raw, key);
      return Object.fromEntries(
        properties.map((property) => [
          property.name,
          property.codec.decode(table[property.key], key === "" ? property.key : `${key}.${property.key}`),
        ]),
      ) as T;
    },
    encode: (value) =>
      Object.fromEntries(
        properties.map(({ name, key, codec }) => [
          key,
          codec.encode((value as Record<string, unknown>)[name]),
        ]),
      ),
  };
}

/** @throws DocumentError */
export function parseDocument<T>(codec: Codec<T>, document: string): T {
  let raw: TomlTable;
  try {
    raw = parse(document, { integersAsBigInt: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DocumentError("InvalidSyntax", "document", reason, { cause });
  }
  return codec.decode(raw, "");
}

export function writeDocument<T>(codec: Codec<T>, value: T): string {
  return stringify(codec.encode(value));
}

/** The properties of a table. @throws DocumentError if `raw` is something else. */
export function decodeTable(raw: unknown, key: string): Readonly<Record<string, unknown>> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw) || raw instanceof Date) {
    return reject(raw, key, "a table");
  }
  // Without a prototype a key such as "constructor" is found only where the document has it.
  return Object.assign(Object.create(null), raw) as Record<string, unknown>;
}

/** @throws DocumentError always: `raw` is not what it must be. */
export function reject(raw: unknown, key: string, expected: string): never {
  const reason = raw === undefined ? "is missing" : `is ${describe(raw)}`;
  throw new DocumentError(
    "InvalidContent",
    key,
    `${key || "the document"} ${reason}, it must be ${expected}.`,
  );
}

function decodeInteger(raw: unknown, key: string, maximum: bigint): bigint {
  if (typeof raw === "bigint" && raw >= 0n && raw <= maximum) return raw;
  return reject(raw, key, `an integer from 0 to ${maximum}`);
}

function keyOf(name: string, keyCase: KeyCase): string {
  const separator = keyCase === "kebab-case" ? "-" : "_";
  return name.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}

function describe(raw: unknown): string {
  if (typeof raw === "string") return JSON.stringify(raw);
  if (typeof raw === "number") return `the float ${raw}`;
  if (Array.isArray(raw)) return `a list of ${raw.length} elements`;
  if (raw instanceof Date) return "a date";
  return typeof raw === "object" ? "a table" : String(raw);
}
