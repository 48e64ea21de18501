/** Everything that a service has on the machine, and its removal by whoever locked it or cleans up after it. */
import { createHash } from "node:crypto";
import type { Config } from "../config/config.ts";
import { DocumentError } from "../config/toml-codec.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { removeDynamicStorage } from "../transport/dynamic-storage.ts";
import { fileNames, sharedMemoryNames } from "../transport/names.ts";
import { readStaticStorage, removeStaticStorage } from "../transport/static-storage.ts";
import { isStorageError } from "../transport/storage-error.ts";
import { removeDynamicConfig } from "./dynamic-config.ts";
import { readStaticConfig, type StaticConfig } from "./static-config.ts";

/** The static file goes last, and only if it still is this service's: a successor may have taken the name. */
export function removeService(os: Os, config: Config, service: StaticConfig): void {
  removePatternResources(os, config, service);
  removeDynamicConfig(os, config, service.serviceId);
  const path = fileNames.staticConfig(config, service.serviceHash);
  if (readServiceId(os, path) === service.serviceId) removeStaticStorage(os, path);
}

/** What only some patterns and payload types have. */
function removePatternResources(os: Os, config: Config, { serviceId, messagingPattern }: StaticConfig): void {
  if (messagingPattern.kind === "Blackboard") {
    const keyTypeHash = createHash("sha1").update(messagingPattern.typeDetails.typeName).digest("hex");
    removeDynamicStorage(os, sharedMemoryNames.blackboardData(config, serviceId));
    removeDynamicStorage(os, sharedMemoryNames.blackboardManagement(config, keyTypeHash, serviceId));
    return;
  }
  for (const file of fileNames.typeDefinitions(config, serviceId)) removeStaticStorage(os, file);
  try {
    os.rmdir(fileNames.serviceOwnDirectory(config, serviceId));
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}

/**
 * @returns undefined if there is no file, or none that a service of this version could have written.
 * @throws StorageError if nothing can be said: then the file may still be this service's.
 */
function readServiceId(os: Os, path: string): bigint | undefined {
  try {
    return readStaticConfig(new TextDecoder().decode(readStaticStorage(os, path))).serviceId;
  } catch (error) {
    const isOther = isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized", "Corrupted");
    if (isOther || error instanceof DocumentError) return undefined;
    throw error;
  }
}
