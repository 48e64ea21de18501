/**
 * The dynamic configuration of a service: which nodes and ports are registered right now.
 *
 * ```text
 *    0  u64   version
 *    8  u32   messaging pattern
 *   16  bag A subscribers, listeners, servers or readers
 *   96  bag B publishers, notifiers, clients or writers
 *  176  u64   events: nanoseconds from creation to the last notification
 *  184  bag N nodes
 *  264  ...   owners, generations and entries of N, A and B
 * ```
 */
import type { Config } from "../config/config.ts";
import { BAG_SIZE, Bag, type BagMemory, layOutBagMemory } from "../lockfree/bag.ts";
import { exchange64 } from "../memory/atomics.ts";
import type { Region } from "../memory/region.ts";
import type { Mapping, Os } from "../os/os.ts";
import {
  CONTENT_OFFSET,
  createDynamicStorage,
  type DynamicStorage,
  openDynamicStorage,
  removeDynamicStorage,
} from "../transport/dynamic-storage.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { StorageError } from "../transport/storage-error.ts";
import {
  COMMON_DETAILS_SIZE,
  NODE_ENTRY_SIZE,
  PUBLISHER_DETAILS_SIZE,
  SUBSCRIBER_DETAILS_SIZE,
} from "./port-details.ts";
import { CLIENT_DETAILS_SIZE, SERVER_DETAILS_SIZE } from "./request-response-port-details.ts";
import type { MessagingPattern } from "./static-config.ts";

const PATTERN_TAG: number = CONTENT_OFFSET;
const BAG_A: number = PATTERN_TAG + 8;
const BAG_B: number = BAG_A + BAG_SIZE;
const LAST_NOTIFICATION: number = BAG_B + BAG_SIZE;
const BAG_N: number = LAST_NOTIFICATION + 8;
const BAG_MEMORY: number = BAG_N + BAG_SIZE;

/** Each of the three arrays of the three bags has room to be aligned. */
const ALIGNMENT_SLACK = 3 * 3 * 7;

interface PatternShape {
  readonly tag: number;
  readonly entrySizeA: number;
  readonly entrySizeB: number;
}

const SHAPES: Readonly<Record<MessagingPattern["kind"], PatternShape>> = {
  RequestResponse: { tag: 0, entrySizeA: SERVER_DETAILS_SIZE, entrySizeB: CLIENT_DETAILS_SIZE },
  PublishSubscribe: { tag: 1, entrySizeA: SUBSCRIBER_DETAILS_SIZE, entrySizeB: PUBLISHER_DETAILS_SIZE },
  Event: { tag: 2, entrySizeA: COMMON_DETAILS_SIZE, entrySizeB: COMMON_DETAILS_SIZE },
  Blackboard: { tag: 3, entrySizeA: COMMON_DETAILS_SIZE, entrySizeB: COMMON_DETAILS_SIZE },
};

interface Capacities {
  readonly a: number;
  readonly b: number;
  readonly nodes: number;
}

function capacitiesOf(pattern: MessagingPattern): Capacities {
  const nodes = pattern.maxNodes;
  switch (pattern.kind) {
    case "PublishSubscribe":
      return { a: pattern.maxSubscribers, b: pattern.maxPublishers, nodes };
    case "Event":
      return { a: pattern.maxListeners, b: pattern.maxNotifiers, nodes };
    case "RequestResponse":
      return { a: pattern.maxServers, b: pattern.maxClients, nodes };
    case "Blackboard":
      return { a: pattern.maxReaders, b: pattern.maxWriters, nodes };
  }
}

interface DynamicConfigLayout {
  readonly n: BagMemory;
  readonly a: BagMemory;
  readonly b: BagMemory;
  readonly fileSize: number;
}

function layOut(shape: PatternShape, { a, b, nodes }: Capacities): DynamicConfigLayout {
  const memoryN = layOutBagMemory(BAG_MEMORY, nodes, NODE_ENTRY_SIZE);
  const memoryA = layOutBagMemory(memoryN.end, a, shape.entrySizeA);
  const memoryB = layOutBagMemory(memoryA.end, b, shape.entrySizeB);
  return { n: memoryN, a: memoryA, b: memoryB, fileSize: memoryB.end + ALIGNMENT_SLACK };
}

export class DynamicConfig {
  /** Subscribers, listeners, servers or readers. */
  readonly bagA: Bag;
  /** Publishers, notifiers, clients or writers. */
  readonly bagB: Bag;
  readonly nodes: Bag;
  readonly #region: Region;
  readonly #mapping: Mapping;

  private constructor({ region, mapping }: DynamicStorage, bagA: Bag, bagB: Bag, nodes: Bag) {
    this.#region = region;
    this.#mapping = mapping;
    this.bagA = bagA;
    this.bagB = bagB;
    this.nodes = nodes;
  }

  /**
   * Creates the configuration; `register` adds the first node before anybody else can see it.
   *
   * @throws StorageError
   */
  static create(
    os: Os,
    config: Config,
    serviceId: bigint,
    pattern: MessagingPattern,
    register: (nodes: Bag) => void,
  ): DynamicConfig {
    const shape = SHAPES[pattern.kind];
    const capacities = capacitiesOf(pattern);
    const layout = layOut(shape, capacities);
    let bags: [Bag, Bag, Bag] | undefined;
    const initialize = (region: Region): void => {
      region.view.setUint32(PATTERN_TAG, shape.tag, true);
      const bagA = Bag.initialize(region, BAG_A, layout.a, capacities.a, shape.entrySizeA, 0);
      const bagB = Bag.initialize(region, BAG_B, layout.b, capacities.b, shape.entrySizeB, 1);
      const nodes = Bag.initialize(region, BAG_N, layout.n, capacities.nodes, NODE_ENTRY_SIZE, 2);
      register(nodes);
      bags = [bagA, bagB, nodes];
    };
    const name = sharedMemoryNames.dynamicConfig(config, serviceId);
    const storage = createDynamicStorage(os, name, { size: layout.fileSize, initialize });
    return new DynamicConfig(storage, ...bags!);
  }

  /**
   * @param timeout how long to wait for a creator that is not ready, in milliseconds.
   * @throws StorageError
   */
  static open(
    os: Os,
    config: Config,
    serviceId: bigint,
    pattern: MessagingPattern,
    timeout: number,
  ): DynamicConfig {
    const name = sharedMemoryNames.dynamicConfig(config, serviceId);
    const storage = openDynamicStorage(os, name, { writable: true, minimumSize: BAG_MEMORY, timeout });
    const { bagA, bagB, nodes } = attachBags(storage, pattern);
    if (bagA !== undefined && bagB !== undefined && nodes !== undefined) {
      return new DynamicConfig(storage, bagA, bagB, nodes);
    }
    storage.mapping.unmap();
    throw new StorageError(
      "Corrupted",
      `shared memory "${name}"`,
      `shared memory "${name}" does not hold the dynamic configuration that the service's static configuration describes.`,
    );
  }

  /**
   * For events with a deadline: that a notification was sent.
   *
   * @param elapsed nanoseconds since the creation of the service.
   * @returns the same of the notification before; 0: there was none.
   */
  noteNotification(elapsed: bigint): bigint {
    return exchange64(this.#region.longs, LAST_NOTIFICATION / 8, elapsed);
  }

  close(): void {
    this.#mapping.unmap();
  }
}

function attachBags(
  { region }: DynamicStorage,
  pattern: MessagingPattern,
): { bagA?: Bag | undefined; bagB?: Bag | undefined; nodes?: Bag | undefined } {
  const shape = SHAPES[pattern.kind];
  if (region.view.getUint32(PATTERN_TAG, true) !== shape.tag) return {};
  return {
    bagA: Bag.attach(region, BAG_A, shape.entrySizeA),
    bagB: Bag.attach(region, BAG_B, shape.entrySizeB),
    nodes: Bag.attach(region, BAG_N, NODE_ENTRY_SIZE),
  };
}

export function removeDynamicConfig(os: Os, config: Config, serviceId: bigint): void {
  removeDynamicStorage(os, sharedMemoryNames.dynamicConfig(config, serviceId));
}
