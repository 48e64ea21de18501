/** Which services there are in a domain, of whatever process and language. Looking changes nothing. */
import { log } from "../base/log.ts";
import type { Config } from "../config/config.ts";
import { type NodeView, viewNode } from "../node/node-list.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { DynamicConfig } from "../service/dynamic-config.ts";
import { registeredNodes } from "../service/registered-nodes.ts";
import {
  decodeStaticConfig,
  type OtherVersion,
  type StaticConfig,
  SUPPORTED_VERSION,
} from "../service/static-config.ts";
import { fileNames, stripName } from "../transport/names.ts";
import { readStaticStorage } from "../transport/static-storage.ts";
import { type StorageError, type StorageErrorCode, toStorageError } from "../transport/storage-error.ts";
import {
  ServiceDetailsError,
  type ServiceDetailsErrorCode,
  ServiceListError,
} from "./service-list-errors.ts";

/** What can be said about a service. */
export interface ServiceDetails {
  /** What its creator fixed. */
  readonly staticDetails: StaticConfig;
  /** Undefined while the service is just being created or removed. */
  readonly dynamicDetails: ServiceDynamicDetails | undefined;
}

/** What changes while the service exists. */
export interface ServiceDynamicDetails {
  /** The nodes that have it open, dead ones included. */
  readonly nodes: readonly NodeView[];
}

const OPEN_CODES: Readonly<Partial<Record<StorageErrorCode, ServiceDetailsErrorCode>>> = {
  InsufficientPermissions: "InsufficientPermissions",
  VersionMismatch: "VersionMismatch",
  Corrupted: "ServiceInInconsistentState",
};

/**
 * Every service whose details can be read; what others left half-made, damaged or in another version is skipped.
 *
 * @throws ServiceListError
 */
export function listServices(os: Os, config: Config): ServiceDetails[] {
  const services: ServiceDetails[] = [];
  for (const hash of listServiceHashes(os, config)) {
    try {
      const details = readServiceDetails(os, config, hash);
      if (details !== undefined) services.push(details);
    } catch (error) {
      if (!(error instanceof ServiceDetailsError)) throw error;
      log("debug", error.origin, `it is not listed: ${error.message}`);
    }
  }
  return services;
}

function listServiceHashes(os: Os, config: Config): string[] {
  const { prefix, service } = config.global;
  const directory = fileNames.serviceDirectory(config);
  try {
    return os
      .readdir(directory)
      .map((name) => stripName(name, prefix, service.staticConfigStorageSuffix))
      .filter((hash) => hash !== undefined && /^[0-9a-f]{40}$/.test(hash)) as string[];
  } catch (cause) {
    if (isOsError(cause, "ENOENT")) return [];
    const code = isOsError(cause, "EACCES", "EPERM") ? "InsufficientPermissions" : "InternalError";
    const message = `cannot list the services in "${directory}": ${(cause as Error).message}`;
    throw new ServiceListError(code, "Service.list", message, { cause });
  }
}

/**
 * @returns undefined if there is no such service, or none that its creator has finished writing down.
 * @throws ServiceDetailsError
 */
export function readServiceDetails(os: Os, config: Config, hash: string): ServiceDetails | undefined {
  const staticDetails = readStaticDetails(os, config, hash);
  if (staticDetails === undefined) return undefined;
  return { staticDetails, dynamicDetails: readDynamicDetails(os, config, staticDetails) };
}

function readStaticDetails(os: Os, config: Config, hash: string): StaticConfig | undefined {
  const path = fileNames.staticConfig(config, hash);
  const content = readContent(os, path);
  if (content === undefined) return undefined;
  let found: StaticConfig | OtherVersion;
  try {
    found = decodeStaticConfig(content);
  } catch (cause) {
    const reason = `it is no static configuration: ${(cause as Error).message}`;
    throw failure("FailedToDeserializeStaticServiceInfo", path, reason, cause);
  }
  if ("otherVersion" in found) {
    const [theirs, ours] = [found.otherVersion, SUPPORTED_VERSION].map(
      ({ major, minor, patch }) => `${major}.${minor}.${patch}`,
    );
    const reason = `its service was created by iceoryx2 ${theirs}, but this library speaks ${ours}. Use the same version everywhere.`;
    throw failure("VersionMismatch", path, reason);
  }
  if (found.serviceHash === hash) return found;
  const reason = `it holds the configuration of another service, "${found.serviceName}" with hash ${found.serviceHash}.`;
  throw failure("ServiceInInconsistentState", path, reason);
}

function readContent(os: Os, path: string): Uint8Array | undefined {
  try {
    return readStaticStorage(os, path);
  } catch (error) {
    const cause = toStorageError(error, path);
    if (isUnfinished(cause)) return undefined;
    if (cause.code === "InsufficientPermissions") throw failure(cause.code, path, cause.message, cause);
    throw failure(
      isReadError(cause) ? "FailedToReadStaticServiceInfo" : "FailedToOpenStaticServiceInfo",
      path,
      cause.message,
      cause,
    );
  }
}

function isUnfinished({ code }: StorageError): boolean {
  return code === "DoesNotExist" || code === "InitializationNotYetFinalized";
}

function isReadError({ cause }: StorageError): boolean {
  return isOsError(cause) && cause.syscall === "read";
}

function readDynamicDetails(
  os: Os,
  config: Config,
  { serviceId, serviceName, messagingPattern }: StaticConfig,
): ServiceDynamicDetails | undefined {
  let dynamicConfig: DynamicConfig;
  try {
    dynamicConfig = DynamicConfig.open(os, config, serviceId, messagingPattern, 0);
  } catch (error) {
    const cause = toStorageError(error, serviceName);
    if (isUnfinished(cause)) return undefined;
    throw new ServiceDetailsError(
      OPEN_CODES[cause.code] ?? "InternalError",
      `service "${serviceName}"`,
      `cannot tell the details of service "${serviceName}": ${cause.message}`,
      { cause },
    );
  }
  try {
    return { nodes: viewNodes(os, config, dynamicConfig) };
  } finally {
    dynamicConfig.close();
  }
}

/** The nodes that have a service open. */
export function viewNodes(os: Os, config: Config, { nodes }: DynamicConfig): NodeView[] {
  return registeredNodes(nodes)
    .map((id) => viewNode(os, config, id))
    .filter((view) => view !== undefined);
}

function failure(
  code: ServiceDetailsErrorCode,
  path: string,
  reason: string,
  cause?: unknown,
): ServiceDetailsError {
  const message = `cannot tell the details of the service in "${path}": ${reason}`;
  return new ServiceDetailsError(code, `file "${path}"`, message, { cause });
}
