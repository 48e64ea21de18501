/** Where a configuration comes from when the code does not say. */
import { Iox2Error } from "../base/iox2-error.ts";
import { log } from "../base/log.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { configCodec } from "./schema.ts";
import type { Config } from "./settings.ts";
import { parseDocument } from "./toml-codec.ts";

const configCreationCodes = [
  "FailedToReadConfigFileContents",
  "UnableToDeserializeContents",
  "InsufficientPermissions",
  "ConfigFileDoesNotExist",
  "UnableToOpenConfigFile",
] as const;
/** A configuration file cannot be used. */
export class ConfigCreationError extends Iox2Error<(typeof configCreationCodes)[number]> {
  static override readonly className: string = "ConfigCreationError";
  static readonly codes: readonly string[] = configCreationCodes;
}

type FileReader = Pick<Os, "open" | "readAll" | "close">;

const RELATIVE_PATH = "iceoryx2/iceoryx2.toml";

/** @throws ConfigCreationError */
export function readConfigFile(os: FileReader, path: string): Config {
  const content = readFile(os, path);
  try {
    return parseDocument(configCodec, new TextDecoder("utf-8", { fatal: true }).decode(content));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw failure("UnableToDeserializeContents", path, `${reason} Correct the file.`, cause);
  }
}

/**
 * The first file that can be used: `config/iceoryx2.toml` in the working directory, then the user's, then the
 * machine's. Where there is none, the built-in values.
 */
export function findConfig(os: FileReader & Pick<Os, "homeDirectory">): Config {
  const paths = candidates(os);
  for (const path of paths) {
    try {
      const config = readConfigFile(os, path);
      log("info", "config", `uses the file "${path}".`);
      return config;
    } catch (error) {
      if (!(error instanceof ConfigCreationError)) throw error;
      if (error.code !== "ConfigFileDoesNotExist") log("warn", "config", `${error.message} It is ignored.`);
    }
  }
  log("info", "config", `uses the built-in values: there is no usable file at ${paths.join(", ")}.`);
  return configCodec.decode({}, "");
}

function candidates(os: Pick<Os, "homeDirectory">): string[] {
  const local = "config/iceoryx2.toml";
  const machine = `/etc/${RELATIVE_PATH}`;
  const home = homeDirectory(os);
  return home === undefined ? [local, machine] : [local, `${home}/.config/${RELATIVE_PATH}`, machine];
}

/** Undefined for users that the password database does not know, as in some containers. */
function homeDirectory(os: Pick<Os, "homeDirectory">): string | undefined {
  try {
    return os.homeDirectory;
  } catch {
    return undefined;
  }
}

function readFile(os: FileReader, path: string): Uint8Array {
  const fd = openFile(os, path);
  try {
    return os.readAll(fd);
  } catch (cause) {
    throw failure("FailedToReadConfigFileContents", path, "It could not be read.", cause);
  } finally {
    os.close(fd);
  }
}

function openFile(os: FileReader, path: string): number {
  try {
    return os.open(path, "readOnly");
  } catch (cause) {
    if (isOsError(cause, "ENOENT"))
      throw failure("ConfigFileDoesNotExist", path, "It does not exist.", cause);
    if (isOsError(cause, "EACCES", "EPERM")) {
      throw failure("InsufficientPermissions", path, "This user may not read it.", cause);
    }
    throw failure("UnableToOpenConfigFile", path, "It could not be opened.", cause);
  }
}

function failure(
  code: ConfigCreationError["code"],
  path: string,
  reason: string,
  cause: unknown,
): ConfigCreationError {
  const origin = `config file "${path}"`;
  return new ConfigCreationError(code, origin, `cannot use ${origin}: ${reason}`, { cause });
}
