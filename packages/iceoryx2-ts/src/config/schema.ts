/** The built-in values of the configuration and everything that is derived from its shape. */
import { choice, count, duration, fileName, flag, path, type Setting, unset } from "./setting.ts";
import type { AllocationStrategy, BackpressureStrategy, Config } from "./settings.ts";
import { type Codec, record } from "./toml-codec.ts";

/** A setting for every value of a table, a schema for every table in it; the order is that of the documents. */
export type Schema<T> = {
  readonly [K in keyof T]-?: T[K] extends object ? Schema<T[K]> : Setting<T[K]>;
};

/** A schema where the types of the values play no role. */
export interface AnySchema {
  readonly [name: string]: AnySchema | Setting<unknown>;
}

const backpressureStrategy: Setting<BackpressureStrategy> = choice("RetryUntilDelivered", "DiscardData");
const allocationStrategy: Setting<AllocationStrategy> = choice("Static", "BestFit", "PowerOfTwo");

export const configSchema: Schema<Config> = {
  global: {
    rootPath: path("/tmp/iceoryx2/"),
    prefix: fileName("iox2_"),
    service: {
      flatbufferSchemaPath: unset(path("")),
      directory: path("services"),
      dataSegmentSuffix: fileName(".data"),
      staticConfigStorageSuffix: fileName(".service"),
      dynamicConfigStorageSuffix: fileName(".dynamic"),
      connectionSuffix: fileName(".connection"),
      eventConnectionSuffix: fileName(".event"),
      blackboardMgmtSuffix: fileName(".blackboard_mgmt"),
      blackboardDataSuffix: fileName(".blackboard_data"),
      typeDefinitionSuffix: fileName(".type_definition"),
      cleanupDeadNodesOnOpen: flag(true),
    },
    node: {
      directory: path("nodes"),
      monitorSuffix: fileName(".node_monitor"),
      staticConfigSuffix: fileName(".details"),
      serviceTagSuffix: fileName(".service_tag"),
      portTagSuffix: fileName(".port_tag"),
      globalMgmtSuffix: fileName(".global_mgmt"),
      cleanupDeadNodesOnCreation: flag(true),
      cleanupDeadNodesOnDestruction: flag(true),
    },
    creationTimeout: duration(1000),
  },
  defaults: {
    publishSubscribe: {
      maxSubscribers: count(8),
      maxPublishers: count(2),
      maxNodes: count(20),
      subscriberMaxBufferSize: count(2),
      subscriberMaxBorrowedSamples: count(2),
      publisherMaxLoanedSamples: count(2),
      publisherHistorySize: count(0),
      enableSafeOverflow: flag(true),
      backpressureStrategy,
      subscriberExpiredConnectionBuffer: count(128),
      publisherAllocationStrategy: allocationStrategy,
    },
    event: {
      maxListeners: count(16),
      maxNotifiers: count(16),
      maxNodes: count(36),
      eventIdMaxValue: count(255),
      deadline: unset(duration(0)),
      notifierCreatedEvent: unset(count(0)),
      notifierDroppedEvent: unset(count(0)),
      notifierDeadEvent: unset(count(0)),
    },
    requestResponse: {
      enableSafeOverflowForRequests: flag(true),
      enableSafeOverflowForResponses: flag(true),
      maxActiveRequestsPerClient: count(4),
      maxResponseBufferSize: count(2),
      maxServers: count(2),
      maxClients: count(8),
      maxNodes: count(20),
      maxBorrowedResponsesPerPendingResponse: count(2),
      maxLoanedRequests: count(2),
      serverMaxLoanedResponsesPerRequest: count(2),
      clientBackpressureStrategy: backpressureStrategy,
      serverBackpressureStrategy: backpressureStrategy,
      clientExpiredConnectionBuffer: count(128),
      enableFireAndForgetRequests: flag(true),
      serverExpiredConnectionBuffer: count(128),
      clientAllocationStrategy: allocationStrategy,
      serverAllocationStrategy: allocationStrategy,
    },
    blackboard: {
      maxReaders: count(8),
      maxNodes: count(20),
    },
  },
};

/** The whole configuration as a TOML table. Missing keys have their built-in values, unknown keys are ignored. */
export const configCodec: Codec<Config> = tableCodec(configSchema as unknown as AnySchema) as Codec<Config>;

export function isSetting(entry: AnySchema | Setting<unknown>): entry is Setting<unknown> {
  return "initial" in entry;
}

function tableCodec(schema: AnySchema): Codec<object> {
  const codecs = Object.entries(schema).map(([name, entry]): [string, Codec<unknown>] => {
    if (isSetting(entry)) return [name, withDefault(entry.codec, entry.initial)];
    const inner = tableCodec(entry);
    return [name, withDefault(inner, inner.decode({}, name)) as Codec<unknown>];
  });
  const table = record<object>("kebab-case", Object.fromEntries(codecs));
  return { decode: (raw, key) => Object.freeze(table.decode(raw, key)), encode: table.encode };
}

function withDefault<T>(codec: Codec<T>, initial: T): Codec<T> {
  return {
    decode: (raw, key) => (raw === undefined ? initial : codec.decode(raw, key)),
    encode: codec.encode,
  };
}
