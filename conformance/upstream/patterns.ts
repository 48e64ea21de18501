/** The messaging patterns, as tests see them that hold for each. */
import {
  type AttributeValues,
  type CleanupState,
  type MessagingPatternKind,
  type Node,
  type NodeView,
  type PublishSubscribeService,
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
  readonly serviceHash: string;
  readonly attributes: Iterable<{ readonly key: string; readonly value: string }>;
  nodes(): NodeView[];
  tryCleanupDeadNodes(): CleanupState;
  close(): void;
}

export interface OpenService {
  readonly factory: Factory;
  /** Makes a port of each kind. */
  makePorts(): void;
  /** How many ports of each kind there are. */
  countPorts(): readonly [number, number];
}

export interface Pattern {
  /** With room for all that any test here makes. */
  create(node: Node, name: string, options?: CreateOptions): OpenService;
  open(node: Node, name: string, options?: OpenOptions): OpenService;
}

const MANY = 16;

function publishSubscribe(factory: PublishSubscribeService<U64>): OpenService {
  return {
    factory,
    makePorts() {
      factory.publisher();
      factory.subscriber();
    },
    countPorts: () => [factory.numberOfPublishers, factory.numberOfSubscribers],
  };
}

export const PATTERNS: Readonly<Partial<Record<MessagingPatternKind, Pattern>>> = {
  PublishSubscribe: {
    create: (node, name, options) =>
      publishSubscribe(
        node
          .service(name)
          .publishSubscribe(u64)
          .create({ maxNodes: MANY, maxPublishers: MANY, maxSubscribers: MANY, ...options }),
      ),
    open: (node, name, options) => publishSubscribe(node.service(name).publishSubscribe(u64).open(options)),
  },
};

export const KINDS = Object.keys(PATTERNS) as readonly MessagingPatternKind[];

export function patternOf(kind: MessagingPatternKind): Pattern {
  return PATTERNS[kind]!;
}
