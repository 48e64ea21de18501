/** The messaging patterns, as tests see them that hold for each. */
import {
  type AttributeValues,
  type CleanupState,
  type EventService,
  type MessagingPatternKind,
  type Node,
  type NodeView,
  type PortDetails,
  type PublishSubscribeService,
  type RequestResponseService,
  type U64,
  u64,
} from "iceoryx2-ts";

export interface CreateOptions {
  readonly maxNodes?: number;
  readonly attributes?: AttributeValues;
}

export interface OpenOptions {
  readonly requireAttributes?: AttributeValues;
  readonly requireAttributeKeys?: readonly string[];
}

/** What every open service has. */
interface Factory {
  readonly name: string;
  readonly serviceHash: string;
  readonly attributes: Iterable<{ readonly key: string; readonly value: string }>;
  nodes(): NodeView[];
  tryCleanupDeadNodes(): CleanupState;
  close(): void;
}

/** What every port is. */
export interface Port {
  readonly id: bigint;
  readonly name: string;
  close(): void;
}

interface PortOptions {
  readonly name?: string;
}

/** Ports of one kind. */
export interface PortKind {
  make(options?: PortOptions): Port;
  count(): number;
  /** What the ports of all processes tell about themselves. */
  list(): readonly PortDetails[];
}

export interface OpenService {
  readonly factory: Factory;
  /** Those who send, and those who receive. */
  readonly ports: readonly [PortKind, PortKind];
}

/** The two kinds of ports that a pattern has. */
export type Ports = readonly [string, string];

export interface Pattern {
  readonly ports: Ports;
  /** With room for all that any test here makes. */
  create(node: Node, name: string, options?: CreateOptions): OpenService;
  open(node: Node, name: string, options?: OpenOptions): OpenService;
}

const MANY = 16;

function publishSubscribe(factory: PublishSubscribeService<U64>): OpenService {
  return {
    factory,
    ports: [
      {
        make: (options) => factory.publisher(options),
        count: () => factory.numberOfPublishers,
        list: () => factory.publishers(),
      },
      {
        make: (options) => factory.subscriber(options),
        count: () => factory.numberOfSubscribers,
        list: () => factory.subscribers(),
      },
    ],
  };
}

function event(factory: EventService): OpenService {
  return {
    factory,
    ports: [
      {
        make: (options) => factory.notifier(options),
        count: () => factory.numberOfNotifiers,
        list: () => factory.notifiers(),
      },
      {
        make: (options) => factory.listener(options),
        count: () => factory.numberOfListeners,
        list: () => factory.listeners(),
      },
    ],
  };
}

function requestResponse(factory: RequestResponseService<U64, U64>): OpenService {
  return {
    factory,
    ports: [
      {
        make: (options) => factory.client(options),
        count: () => factory.numberOfClients,
        list: () => factory.clients(),
      },
      {
        make: (options) => factory.server(options),
        count: () => factory.numberOfServers,
        list: () => factory.servers(),
      },
    ],
  };
}

const PATTERNS: Readonly<Partial<Record<MessagingPatternKind, Pattern>>> = {
  PublishSubscribe: {
    ports: ["publisher", "subscriber"],
    create: (node, name, options) =>
      publishSubscribe(
        node
          .service(name)
          .publishSubscribe(u64)
          .create({ maxNodes: MANY, maxPublishers: MANY, maxSubscribers: MANY, ...options }),
      ),
    open: (node, name, options) => publishSubscribe(node.service(name).publishSubscribe(u64).open(options)),
  },
  Event: {
    ports: ["notifier", "listener"],
    create: (node, name, options) =>
      event(
        node
          .service(name)
          .event()
          .create({ maxNodes: MANY, maxNotifiers: MANY, maxListeners: MANY, ...options }),
      ),
    open: (node, name, options) => event(node.service(name).event().open(options)),
  },
  RequestResponse: {
    ports: ["client", "server"],
    create: (node, name, options) =>
      requestResponse(
        node
          .service(name)
          .requestResponse(u64, u64)
          .create({ maxNodes: MANY, maxClients: MANY, maxServers: MANY, ...options }),
      ),
    open: (node, name, options) =>
      requestResponse(node.service(name).requestResponse(u64, u64).open(options)),
  },
};

export const KINDS = Object.keys(PATTERNS) as readonly MessagingPatternKind[];

export function patternOf(kind: MessagingPatternKind): Pattern {
  return PATTERNS[kind]!;
}

/** Makes a port of each kind. */
export function makePorts({ ports }: OpenService): void {
  for (const kind of ports) kind.make();
}

/** How many ports of each kind there are. */
export function countPorts({ ports }: OpenService): number[] {
  return ports.map((kind) => kind.count());
}
