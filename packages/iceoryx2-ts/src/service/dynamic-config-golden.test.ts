import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ownerOf, readUniqueId } from "../base/unique-id.ts";
import { BAG_SIZE, Bag } from "../lockfree/bag.ts";
import { Region } from "../memory/region.ts";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { openDynamicStorage } from "../transport/dynamic-storage.ts";
import {
  assertSameBytes,
  type Exception,
  goldenBytes,
  goldenNames,
  idsIn,
  revive,
} from "../transport/golden.test-support.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { DynamicConfig } from "./dynamic-config.ts";
import type { MessagingPattern } from "./messaging-pattern.ts";
import {
  NODE_ENTRY_SIZE,
  type PublisherDetails,
  readPublisherDetails,
  readSubscriberDetails,
  type SubscriberDetails,
  writePublisherDetails,
  writeSubscriberDetails,
} from "./port-details.ts";

const os = hostOs();
const golden = goldenBytes("service/golden/publish-subscribe-dynamic");
const [publisherId, subscriberId] = idsIn(goldenNames()["connection"]!) as [bigint, bigint];
/** The peer's node: entry 0 of its bag. */
const NODES = 184;
const goldenRegion = new Region(new ArrayBuffer(Math.ceil(golden.length / 8) * 8), golden.length);
goldenRegion.bytes.set(golden);
const nodeEntry = Bag.attach(goldenRegion, NODES, NODE_ENTRY_SIZE)!.readSlot(0)!.entry;
const nodeId = readUniqueId(new DataView(nodeEntry.buffer), 0);
/** Within the entry of a port: the name, its terminator and what aligns its length. */
const PORT_NAME = 16;
const PORT_NAME_SIZE = 64 + 8;

/** What `transport/golden/make.py` asked the peer for. */
const pattern = {
  kind: "PublishSubscribe",
  maxSubscribers: 3,
  maxPublishers: 2,
  maxNodes: 4,
} as MessagingPattern;
const subscriber: SubscriberDetails = {
  portId: subscriberId,
  portName: "",
  nodeId,
  bufferSize: 6,
  historyRequest: 6,
};
const publisher: PublisherDetails = {
  portId: publisherId,
  portName: "front",
  nodeId,
  numberOfSamples: 3 * (8 + 5) + 7 + 9,
  maxSliceLen: 1,
  dataSegmentType: "Static",
  maxNumberOfSegments: 1,
};

describe("the dynamic configuration of a peer", () => {
  let domain: TestDomain;
  let name: string;

  beforeEach(() => {
    domain = new TestDomain();
    name = sharedMemoryNames.dynamicConfig(domain.config, 1n);
  });
  afterEach(() => {
    os.shmUnlink(name);
    domain.assertClean();
    domain[Symbol.dispose]();
  });

  it("can be opened, with everybody who is registered in it", () => {
    revive(name, golden);
    const config = DynamicConfig.open(os, domain.config, 1n, pattern, 0);
    const { bagA, bagB, nodes } = config;
    assert.deepEqual([bagA.capacity, bagB.capacity, nodes.capacity], [3, 2, 4]);
    assert.deepEqual([bagA.length, bagB.length, nodes.length], [1, 1, 1]);
    assert.deepEqual([bagA.changeCounter, bagB.changeCounter, nodes.changeCounter], [1, 1, 1]);
    assert.deepEqual(readSubscriberDetails(bagA.readSlot(0)!.entry), subscriber);
    assert.deepEqual(readPublisherDetails(bagB.readSlot(0)!.entry), publisher);
    config.close();
  });

  it("can be left in the place of the peer, and is locked then", () => {
    revive(name, golden);
    const config = DynamicConfig.open(os, domain.config, 1n, pattern, 0);
    const owner = ownerOf(nodeId);
    assert.equal(config.bagA.remove(0, owner, "Default"), "Unlocked");
    assert.equal(
      config.bagB.recover(owner, () => true, "Default"),
      "Unlocked",
    );
    assert.equal(config.nodes.remove(0, owner, "LockIfLast"), "Locked");
    config.close();
  });

  it("is what we write, but for numbers of no meaning", () => {
    const owner = ownerOf(nodeId);
    const config = DynamicConfig.create(os, domain.config, 1n, pattern, (nodes) =>
      nodes.add(nodeEntry, owner),
    );
    config.bagA.add(writeSubscriberDetails(subscriber), owner);
    config.bagB.add(writePublisherDetails(publisher), owner);
    config.close();
    const { region, mapping } = openDynamicStorage(os, name, { writable: false, minimumSize: 8, timeout: 0 });
    const content = region.bytes.slice(0, region.size);
    mapping.unmap();
    const [bagA, bagB, unused] = [16, 16 + BAG_SIZE, 16 + 2 * BAG_SIZE];
    const entryOf = (bag: number): number => goldenRegion.followPointer(bag + 8, 1, 8)!;
    const [nameA, nameB] = [entryOf(bagA) + PORT_NAME, entryOf(bagB) + PORT_NAME];
    const garbage: Exception[] = [bagA, bagB, NODES].flatMap((bag): Exception[] => [
      [bag + 33, 7, "padding"],
      [bag + 40, 8, "container id"],
      [bag + 65, 7, "padding"],
    ]);
    assertSameBytes(content, golden, [
      [12, 4, "padding"],
      ...garbage,
      [unused, 8, "only events use it"],
      [nameA, PORT_NAME_SIZE, "the name of the subscriber, which is empty"],
      [nameB + "front".length, PORT_NAME_SIZE - "front".length, "what follows the name of the publisher"],
      [entryOf(bagB) + 133, 3, "padding"],
    ]);
  });
});
