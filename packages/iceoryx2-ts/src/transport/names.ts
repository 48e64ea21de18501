/**
 * The names of everything that exists outside of this process. The one place where they are made.
 *
 * Shared memory objects are named `<prefix><sha1 of the Rust type inside>_<name><suffix>`; the hashes are constants
 * of the released 0.10.0. Ids stand in names as decimal numbers.
 */
import type { Config } from "../config/config.ts";

/** SHA-1 of the Rust type names, in the order of upstream's modules. */
const DYNAMIC_CONFIG_HASH = "112437a14a36c452eeea7e2aefc2af954fc5a3f2";
const GLOBAL_MANAGEMENT_HASH = "9204dd183d1c4d8e1ff592a30766ffa6765aa8b5";
const POOL_SEGMENT_HASH = "0354a209029e7d094a819e2d4030ea331e6caaf0";
const BUMP_SEGMENT_HASH = "7cf42ceedf587484a28375082f15714f7fa903aa";
const CONNECTION_HASH = "b9fc73e5c1f646968758453273c6c65cb372831b";
const EVENT_HASH = "33c1ac61b54bf6edd0a0a8390f0c2fd7cf74d745";

/** The released version that this library speaks; peers compare it for equality. */
const GLOBAL_MANAGEMENT_NAME = "node.0_10_0";

/** A shared memory object, by the names that `Os.shmOpen` takes. */
export const sharedMemoryNames = {
  globalManagement: ({ global }: Config): string =>
    `${global.prefix}${GLOBAL_MANAGEMENT_HASH}_${GLOBAL_MANAGEMENT_NAME}${global.node.globalMgmtSuffix}`,
  dynamicConfig: ({ global }: Config, serviceId: bigint): string =>
    `${global.prefix}${DYNAMIC_CONFIG_HASH}_${serviceId}${global.service.dynamicConfigStorageSuffix}`,
  dataSegment: ({ global }: Config, portId: bigint): string =>
    `${global.prefix}${POOL_SEGMENT_HASH}_${portId}${global.service.dataSegmentSuffix}`,
  resizableDataSegment: ({ global }: Config, portId: bigint, segmentId: number): string =>
    `${global.prefix}${POOL_SEGMENT_HASH}_${portId}__${segmentId}${global.service.dataSegmentSuffix}`,
  resizableDataSegmentManagement: ({ global }: Config, portId: bigint): string =>
    `${global.prefix}${POOL_SEGMENT_HASH}_${portId}__mgmt${global.service.dataSegmentSuffix}`,
  connection: ({ global }: Config, senderId: bigint, receiverId: bigint): string =>
    `${global.prefix}${CONNECTION_HASH}_${senderId}_${receiverId}${global.service.connectionSuffix}`,
  eventManagement: ({ global }: Config, listenerId: bigint): string =>
    `${global.prefix}${EVENT_HASH}_${listenerId}${global.service.eventConnectionSuffix}_mgmt`,
  blackboardData: ({ global }: Config, serviceId: bigint): string =>
    `${global.prefix}${BUMP_SEGMENT_HASH}_${serviceId}${global.service.blackboardDataSuffix}`,
  /** @param keyTypeHash the SHA-1 of the key's type name. */
  blackboardManagement: ({ global }: Config, keyTypeHash: string, serviceId: bigint): string =>
    `${global.prefix}${keyTypeHash}_${serviceId}${global.service.blackboardMgmtSuffix}`,
} as const;

/** Joins as upstream does: a slash only where there is none. */
export function joinPath(directory: string, name: string): string {
  return directory.endsWith("/") ? `${directory}${name}` : `${directory}/${name}`;
}

/** Files and directories below the root path. */
export const fileNames = {
  serviceDirectory: ({ global }: Config): string => joinPath(global.rootPath, global.service.directory),
  staticConfig: (config: Config, serviceHash: string): string =>
    joinPath(
      fileNames.serviceDirectory(config),
      `${config.global.prefix}${serviceHash}${config.global.service.staticConfigStorageSuffix}`,
    ),
  /** What only services with Flatbuffer payloads have. */
  serviceOwnDirectory: (config: Config, serviceId: bigint): string =>
    joinPath(fileNames.serviceDirectory(config), String(serviceId)),
  typeDefinitions: (config: Config, serviceId: bigint): readonly string[] =>
    ["payload", "request", "response"].map((role) =>
      joinPath(
        fileNames.serviceOwnDirectory(config, serviceId),
        `${config.global.prefix}${role}${config.global.service.typeDefinitionSuffix}`,
      ),
    ),
  nodeDirectory: ({ global }: Config): string => joinPath(global.rootPath, global.node.directory),
  /** What one node keeps: its details and its tags. */
  nodeOwnDirectory: (config: Config, nodeId: bigint): string =>
    joinPath(fileNames.nodeDirectory(config), String(nodeId)),
  nodeDetails: (config: Config, nodeId: bigint): string =>
    joinPath(
      fileNames.nodeOwnDirectory(config, nodeId),
      `${config.global.prefix}node${config.global.node.staticConfigSuffix}`,
    ),
  nodeMonitor: (config: Config, nodeId: bigint): string =>
    joinPath(
      fileNames.nodeDirectory(config),
      `${config.global.prefix}${nodeId}${config.global.node.monitorSuffix}`,
    ),
  nodeOwnerLock: (config: Config, nodeId: bigint): string =>
    `${fileNames.nodeMonitor(config, nodeId)}_owner_lock`,
  nodeContext: (config: Config, nodeId: bigint): string => `${fileNames.nodeMonitor(config, nodeId)}_context`,
  serviceTag: (config: Config, nodeId: bigint, serviceHash: string): string =>
    joinPath(
      fileNames.nodeOwnDirectory(config, nodeId),
      `${config.global.prefix}${serviceHash}${config.global.node.serviceTagSuffix}`,
    ),
  portTag: (config: Config, nodeId: bigint, portId: bigint): string =>
    joinPath(
      fileNames.nodeOwnDirectory(config, nodeId),
      `${config.global.prefix}${portId}${config.global.node.portTagSuffix}`,
    ),
  eventSocket: ({ global }: Config, listenerId: bigint): string =>
    joinPath(global.rootPath, `${global.prefix}${listenerId}${global.service.eventConnectionSuffix}`),
} as const;

/**
 * What stands between a prefix and a suffix, or undefined if the name has another form.
 * The inverse of the names above, for directory scans.
 */
export function stripName(name: string, prefix: string, suffix: string): string | undefined {
  if (name.length <= prefix.length + suffix.length) return undefined;
  if (!name.startsWith(prefix) || !name.endsWith(suffix)) return undefined;
  return name.slice(prefix.length, name.length - suffix.length);
}
