/**
 * Every key of the configuration, in upstream's order. In TOML the same names stand in kebab-case.
 *
 * A configuration is plain frozen data: it can be compared, printed and posted to a worker thread.
 */

/**
 * What a sender does when a receiver's buffer is full and must not overflow: wait until there is room, or give up
 * on that receiver.
 */
export type BackpressureStrategy = "RetryUntilDelivered" | "DiscardData";

/**
 * How a sender of slices gets memory for more elements than it planned for: never, exactly as much as is needed, or
 * the next power of two.
 */
export type AllocationStrategy = "Static" | "BestFit" | "PowerOfTwo";

export interface Config {
  /** What all communicating processes must agree on. */
  readonly global: GlobalConfig;
  /** What applies where the code says nothing. */
  readonly defaults: DefaultsConfig;
}

/** Processes see each other when their `rootPath` and `prefix` are the same. */
export interface GlobalConfig {
  /** The directory below which all files are made. */
  readonly rootPath: string;
  /** The start of the name of every file and shared memory object. */
  readonly prefix: string;
  readonly service: GlobalServiceConfig;
  readonly node: GlobalNodeConfig;
  /** How long to wait for what another process is creating, in milliseconds. */
  readonly creationTimeout: number;
}

/** Where services are stored. */
export interface GlobalServiceConfig {
  /** Where Flatbuffer schemas are looked for; `null`: the code names every schema itself. */
  readonly flatbufferSchemaPath: string | null;
  /** The directory of the services, below the root path. */
  readonly directory: string;
  /** The end of the names of the senders' data segments. */
  readonly dataSegmentSuffix: string;
  /** The end of the names of the services' static configurations. */
  readonly staticConfigStorageSuffix: string;
  /** The end of the names of the services' dynamic configurations. */
  readonly dynamicConfigStorageSuffix: string;
  /** The end of the names of the connections between a sender and a receiver. */
  readonly connectionSuffix: string;
  /** The end of the names of the listeners' event channels. */
  readonly eventConnectionSuffix: string;
  /** The end of the names of the blackboards' directories of entries. */
  readonly blackboardMgmtSuffix: string;
  /** The end of the names of the blackboards' values. */
  readonly blackboardDataSuffix: string;
  /** The end of the names of the stored Flatbuffer schemas. */
  readonly typeDefinitionSuffix: string;
  /** Whether opening a service first removes what its dead nodes left behind. */
  readonly cleanupDeadNodesOnOpen: boolean;
}

/** Where nodes are stored. */
export interface GlobalNodeConfig {
  /** The directory of the nodes, below the root path. */
  readonly directory: string;
  /** The end of the names of the files that show that a node is alive. */
  readonly monitorSuffix: string;
  /** The end of the names of the nodes' details. */
  readonly staticConfigSuffix: string;
  /** The end of the names of the notes about services that a node uses. */
  readonly serviceTagSuffix: string;
  /** The end of the names of the notes about ports that a node owns. */
  readonly portTagSuffix: string;
  /** The end of the name of the counter of all nodes. */
  readonly globalMgmtSuffix: string;
  /** Whether creating a node removes what dead nodes left behind. */
  readonly cleanupDeadNodesOnCreation: boolean;
  /** Whether closing a node removes what dead nodes left behind. */
  readonly cleanupDeadNodesOnDestruction: boolean;
}

/** Settings of services and ports that the code does not choose itself. */
export interface DefaultsConfig {
  readonly publishSubscribe: PublishSubscribeDefaults;
  readonly event: EventDefaults;
  readonly requestResponse: RequestResponseDefaults;
  readonly blackboard: BlackboardDefaults;
}

export interface PublishSubscribeDefaults {
  readonly maxSubscribers: number;
  readonly maxPublishers: number;
  /** How many nodes can use a service at the same time. */
  readonly maxNodes: number;
  /** The largest buffer that a subscriber can have, in samples. */
  readonly subscriberMaxBufferSize: number;
  /** How many received samples a subscriber can hold at the same time. */
  readonly subscriberMaxBorrowedSamples: number;
  /** How many unsent samples a publisher can hold at the same time. */
  readonly publisherMaxLoanedSamples: number;
  /** How many past samples a new subscriber can ask for. */
  readonly publisherHistorySize: number;
  /** Whether a new sample replaces the oldest one in a full buffer. */
  readonly enableSafeOverflow: boolean;
  readonly backpressureStrategy: BackpressureStrategy;
  /** From how many publishers that are gone a subscriber keeps unread samples. */
  readonly subscriberExpiredConnectionBuffer: number;
  readonly publisherAllocationStrategy: AllocationStrategy;
}

export interface EventDefaults {
  readonly maxListeners: number;
  readonly maxNotifiers: number;
  /** How many nodes can use a service at the same time. */
  readonly maxNodes: number;
  /** The largest id of an event. */
  readonly eventIdMaxValue: number;
  /** The longest time between two notifications, in milliseconds; `null`: any. */
  readonly deadline: number | null;
  /** The id that a new notifier sends; `null`: none. */
  readonly notifierCreatedEvent: number | null;
  /** The id that a notifier sends when it is closed; `null`: none. */
  readonly notifierDroppedEvent: number | null;
  /** The id that is sent when the process of a notifier was found dead; `null`: none. */
  readonly notifierDeadEvent: number | null;
}

export interface RequestResponseDefaults {
  /** Whether a new request replaces the oldest one in a server's full buffer. */
  readonly enableSafeOverflowForRequests: boolean;
  /** Whether a new response replaces the oldest one in a client's full buffer. */
  readonly enableSafeOverflowForResponses: boolean;
  /** How many requests of one client can wait for their responses at the same time. */
  readonly maxActiveRequestsPerClient: number;
  /** How many responses to one request can wait in the client, per server. */
  readonly maxResponseBufferSize: number;
  readonly maxServers: number;
  readonly maxClients: number;
  /** How many nodes can use a service at the same time. */
  readonly maxNodes: number;
  /** How many received responses to one request a client can hold at the same time. */
  readonly maxBorrowedResponsesPerPendingResponse: number;
  /** How many unsent requests a client can hold at the same time. */
  readonly maxLoanedRequests: number;
  /** How many unsent responses to one request a server can hold at the same time. */
  readonly serverMaxLoanedResponsesPerRequest: number;
  readonly clientBackpressureStrategy: BackpressureStrategy;
  readonly serverBackpressureStrategy: BackpressureStrategy;
  /** From how many servers that are gone a client keeps unread responses. */
  readonly clientExpiredConnectionBuffer: number;
  /** Whether servers also get requests whose client waits for no response any more. */
  readonly enableFireAndForgetRequests: boolean;
  /** From how many clients that are gone a server keeps unread requests. */
  readonly serverExpiredConnectionBuffer: number;
  readonly clientAllocationStrategy: AllocationStrategy;
  readonly serverAllocationStrategy: AllocationStrategy;
}

export interface BlackboardDefaults {
  readonly maxReaders: number;
  /** How many nodes can use a service at the same time. */
  readonly maxNodes: number;
}

/** Some keys of a table and of the tables in it. What is missing or `undefined` stays as it is. */
export type Overrides<T> = {
  readonly [K in keyof T]?: (T[K] extends object ? Overrides<T[K]> : T[K]) | undefined;
};
