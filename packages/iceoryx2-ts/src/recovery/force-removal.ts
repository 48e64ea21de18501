/** Removing a service whatever its state and whoever uses it: the last resort. */
import { Iox2Error } from "../base/iox2-error.ts";
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import { removeService } from "../service/resources.ts";
import { serviceHash } from "../service/service-hash.ts";
import { type MessagingPatternKind, readStaticConfig, type StaticConfig } from "../service/static-config.ts";
import { fileNames } from "../transport/names.ts";
import { readStaticStorage, removeStaticStorage } from "../transport/static-storage.ts";
import { isStorageError, toStorageError } from "../transport/storage-error.ts";

const removeCodes = ["InsufficientPermissions", "InternalError"] as const;
/** Thrown by `forceRemoveService`; what could be removed is removed. */
export class ServiceRemoveError extends Iox2Error<(typeof removeCodes)[number]> {
  static override readonly className: string = "ServiceRemoveError";
  static readonly codes: readonly string[] = removeCodes;
}

/** @returns whether there was anything. @throws ServiceRemoveError */
export function forceRemoveService(
  os: Os,
  config: Config,
  serviceName: string,
  pattern: MessagingPatternKind,
): boolean {
  const path = fileNames.staticConfig(config, serviceHash(serviceName, pattern));
  try {
    const staticConfig = readIfPossible(os, path);
    if (staticConfig !== undefined) removeService(os, config, staticConfig);
    // It is unfinished or no static configuration at all, or its service has just been removed.
    return removeStaticStorage(os, path) || staticConfig !== undefined;
  } catch (error) {
    const origin = `service "${serviceName}"`;
    const cause = toStorageError(error, origin);
    const code = cause.code === "InsufficientPermissions" ? cause.code : "InternalError";
    throw new ServiceRemoveError(code, origin, `cannot remove ${origin} by force: ${cause.message}`, {
      cause,
    });
  }
}

function readIfPossible(os: Os, path: string): StaticConfig | undefined {
  try {
    return readStaticConfig(new TextDecoder().decode(readStaticStorage(os, path)));
  } catch (error) {
    if (isStorageError(error, "InsufficientPermissions")) throw error;
    return undefined;
  }
}
