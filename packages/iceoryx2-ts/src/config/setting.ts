/** One value of the configuration: its default, what it may be, and how it stands in TOML. */
import { isDuration, MAX_DURATION } from "../base/duration.ts";
import { InvalidArgumentError } from "../base/general-errors.ts";
import { checkFileName, checkPath } from "../base/names.ts";
import * as toml from "./toml-codec.ts";

export interface Setting<T> {
  readonly initial: T;
  readonly codec: toml.Codec<T>;
  /** @throws InvalidArgumentError | InvalidNameError if a user's value is not allowed. */
  check(value: unknown, key: string): void;
}

export function fileName(initial: string): Setting<string> {
  return {
    initial,
    codec: toml.text(checkFileName),
    check: (value, key) => checkFileName(value as string, key),
  };
}

export function path(initial: string): Setting<string> {
  return { initial, codec: toml.text(checkPath), check: (value, key) => checkPath(value as string, key) };
}

export function flag(initial: boolean): Setting<boolean> {
  return {
    initial,
    codec: toml.boolean,
    check: (value, key) => require(typeof value === "boolean", value, key, "true or false"),
  };
}

/** Upstream's usize. More than a number can hold is more than any machine has: files may say so. */
const countCodec: toml.Codec<number> = {
  decode: (raw, key) => Math.min(Number(toml.u64.decode(raw, key)), Number.MAX_SAFE_INTEGER),
  encode: (value) => value,
};

export function count(initial: number): Setting<number> {
  return {
    initial,
    codec: countCodec,
    check: (value, key) =>
      require(Number.isSafeInteger(value) && (value as number) >= 0, value, key, "an integer of 0 or more"),
  };
}

/** In milliseconds. */
export function duration(initial: number): Setting<number> {
  return {
    initial,
    codec: toml.duration("secs", "nanos"),
    check: (value, key) =>
      require(isDuration(value), value, key, `a number of milliseconds from 0 to ${MAX_DURATION}`),
  };
}

export function choice<T extends string>(initial: T, ...others: readonly T[]): Setting<T> {
  const variants = [initial, ...others];
  const expected = variants.map((variant) => `"${variant}"`).join(" or ");
  return {
    initial,
    codec: toml.oneOf(...variants),
    check: (value, key) => require((variants as unknown[]).includes(value), value, key, expected),
  };
}

/** A setting that is `null` unless somebody sets it. */
export function unset<T>({ codec, check }: Setting<T>): Setting<T | null> {
  return {
    initial: null,
    codec: toml.optional(codec, null),
    check(value, key): void {
      if (value !== null) check(value, key);
    },
  };
}

function require(condition: boolean, value: unknown, key: string, expected: string): void {
  if (condition) return;
  const shown = typeof value === "string" ? JSON.stringify(value) : String(value);
  throw new InvalidArgumentError("config", `cannot set ${key} to ${shown}: it must be ${expected}.`);
}
