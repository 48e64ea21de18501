/** The configuration as users hold it. */
import { hostOs } from "../os/host.ts";
import { findConfig, readConfigFile } from "./config-file.ts";
import { withOverrides } from "./overrides.ts";
import { configCodec } from "./schema.ts";
import type { Config as ConfigSettings, Overrides } from "./settings.ts";

export type Config = ConfigSettings;

/** Some keys of a configuration, such as `{ global: { prefix: "robot_" } }`. */
export type ConfigOverrides = Overrides<Config>;

interface ConfigSources {
  /** The built-in values; no file is read. */
  default(): Config;
  /**
   * The values of the process, loaded on the first call: those of the first usable file of `config/iceoryx2.toml`,
   * `~/.config/iceoryx2/iceoryx2.toml` and `/etc/iceoryx2/iceoryx2.toml`, or the built-in ones. `~` is the home
   * directory of the password database, not `$HOME`. A file that cannot be used is logged as a warning.
   */
  global(): Config;
  /**
   * The values of a TOML file; what it does not mention is built in, keys that do not exist are ignored.
   * @throws ConfigCreationError
   */
  fromFile(path: string): Config;
  /**
   * A copy of `base` with some values changed.
   * @throws InvalidArgumentError for a key that does not exist or a value that is not allowed.
   * @throws InvalidNameError for a prefix, suffix or path with characters that are not allowed.
   */
  with(base: Config, overrides: ConfigOverrides): Config;
}

let globalConfig: Config | undefined;

export const Config: ConfigSources = {
  default: () => configCodec.decode({}, ""),
  global(): Config {
    globalConfig ??= findConfig(hostOs());
    return globalConfig;
  },
  fromFile: (path) => readConfigFile(hostOs(), path),
  with: withOverrides,
};
