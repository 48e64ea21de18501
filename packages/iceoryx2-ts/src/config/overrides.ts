/** Changes some values of a configuration. What users write is checked as strictly as it can be. */
import { InvalidArgumentError } from "../base/general-errors.ts";
import { nearestName } from "../base/nearest-name.ts";
import { type AnySchema, configSchema, isSetting } from "./schema.ts";
import type { Config, Overrides } from "./settings.ts";

const schema = configSchema as unknown as AnySchema;

/**
 * `base` with the values of `overrides`.
 *
 * @throws InvalidArgumentError for a key that does not exist or a value that is not allowed.
 * @throws InvalidNameError for a prefix, suffix or path with characters that are not allowed.
 */
export function withOverrides(base: Config, overrides: Overrides<Config>): Config {
  return merge(schema, base, overrides, "") as Config;
}

function merge(table: AnySchema, base: object, overrides: unknown, key: string): object {
  if (typeof overrides !== "object" || overrides === null || Array.isArray(overrides)) {
    const reason = "it must be an object with the keys to change.";
    throw new InvalidArgumentError("config", `cannot set ${key || "the config"} to ${overrides}: ${reason}`);
  }
  for (const name of Object.keys(overrides)) {
    if (!Object.hasOwn(table, name)) throw unknownKey(table, key, name);
  }
  const merged = Object.entries(table).map(([name, entry]): [string, unknown] => {
    const current = (base as Record<string, unknown>)[name];
    const override = (overrides as Record<string, unknown>)[name];
    if (override === undefined) return [name, current];
    if (!isSetting(entry)) return [name, merge(entry, current as object, override, join(key, name))];
    entry.check(override, join(key, name));
    return [name, override];
  });
  return Object.freeze(Object.fromEntries(merged));
}

function unknownKey(table: AnySchema, key: string, name: string): InvalidArgumentError {
  const elsewhere = allKeys(schema).find((candidate) => candidate.endsWith(`.${name}`));
  const nearby = nearestName(name, Object.keys(table));
  const suggestion =
    nearby !== undefined
      ? `Did you mean ${join(key, nearby)}?`
      : elsewhere !== undefined
        ? `Did you mean ${elsewhere}?`
        : `The keys${key && ` of ${key}`} are ${Object.keys(table).join(", ")}.`;
  return new InvalidArgumentError("config", `the config has no key ${join(key, name)}. ${suggestion}`);
}

function allKeys(table: AnySchema, key: string = ""): string[] {
  return Object.entries(table).flatMap(([name, entry]) =>
    isSetting(entry) ? [join(key, name)] : [join(key, name), ...allKeys(entry, join(key, name))],
  );
}

function join(key: string, name: string): string {
  return key === "" ? name : `${key}.${name}`;
}
