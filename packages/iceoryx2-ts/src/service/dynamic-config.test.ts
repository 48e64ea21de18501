import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import { mappedObjects, openDescriptors } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { isStorageError, type StorageErrorCode } from "../transport/storage-error.ts";
import { DynamicConfig, removeDynamicConfig } from "./dynamic-config.ts";
import { SAMPLE_HEADER_DETAIL } from "./publish-subscribe.ts";
import type { MessageTypeDetails, MessagingPattern, PublishSubscribePattern } from "./static-config.ts";

const ID = 77n;
const types: MessageTypeDetails = {
  header: SAMPLE_HEADER_DETAIL,
  userHeader: SAMPLE_HEADER_DETAIL,
  payload: SAMPLE_HEADER_DETAIL,
};
const publishSubscribe: PublishSubscribePattern = {
  kind: "PublishSubscribe",
  maxSubscribers: 3,
  maxPublishers: 2,
  maxNodes: 4,
  historySize: 0,
  subscriberMaxBufferSize: 1,
  subscriberMaxBorrowedSamples: 1,
  enableSafeOverflow: true,
  messageTypeDetails: types,
};
/** Every pattern, with 3 entries in the first bag, 2 in the second and 4 nodes. */
const patterns: readonly MessagingPattern[] = [
  publishSubscribe,
  {
    kind: "Event",
    maxListeners: 3,
    maxNotifiers: 2,
    maxNodes: 4,
    eventIdMaxValue: 1,
    deadline: undefined,
    notifierCreatedEvent: undefined,
    notifierDroppedEvent: undefined,
    notifierDeadEvent: undefined,
  },
  {
    kind: "RequestResponse",
    maxServers: 3,
    maxClients: 2,
    maxNodes: 4,
    enableSafeOverflowForRequests: true,
    enableSafeOverflowForResponses: true,
    enableFireAndForgetRequests: true,
    maxActiveRequestsPerClient: 1,
    maxLoanedRequests: 1,
    maxResponseBufferSize: 1,
    maxBorrowedResponsesPerPendingResponse: 1,
    requestMessageTypeDetails: types,
    responseMessageTypeDetails: types,
  },
  {
    kind: "Blackboard",
    maxReaders: 3,
    maxWriters: 2,
    maxNodes: 4,
    typeDetails: SAMPLE_HEADER_DETAIL,
  },
];

function create(domain: TestDomain, pattern: MessagingPattern): DynamicConfig {
  return DynamicConfig.create(hostOs(), domain.config, ID, pattern, () => {});
}

function open(domain: TestDomain, pattern: MessagingPattern): DynamicConfig {
  return DynamicConfig.open(hostOs(), domain.config, ID, pattern, 0);
}

function refuses(domain: TestDomain, pattern: MessagingPattern, code: StorageErrorCode): void {
  const descriptors = openDescriptors();
  assert.throws(
    () => open(domain, pattern),
    (error) => isStorageError(error, code),
  );
  assert.equal(openDescriptors(), descriptors);
}

describe("a dynamic configuration", () => {
  for (const pattern of patterns) {
    it(`of ${pattern.kind} is opened with the bags that its creator made`, () => {
      using domain = new TestDomain();
      const entry = new Uint8Array(16).fill(7);
      const created = DynamicConfig.create(hostOs(), domain.config, ID, pattern, (nodes) => {
        assert.deepEqual(nodes.add(entry, 5n), { slot: 0 });
      });
      const opened = open(domain, pattern);
      assert.deepEqual([opened.bagA.capacity, opened.bagB.capacity, opened.nodes.capacity], [3, 2, 4]);
      assert.deepEqual(opened.nodes.readSlot(0)?.entry, entry);
      const port = new Uint8Array(opened.bagA.entrySize).fill(9);
      assert.deepEqual(opened.bagA.add(port, 6n), { slot: 0 });
      assert.deepEqual(created.bagA.readSlot(0)?.entry, port);
      assert.equal(created.bagB.length, 0);
      created.close();
      opened.close();
      assert.deepEqual(mappedObjects(domain.prefix), []);
      removeDynamicConfig(hostOs(), domain.config, ID);
      domain.assertClean();
    });

    it(`of ${pattern.kind} has room for full bags of all kinds`, () => {
      using domain = new TestDomain();
      const config = create(domain, pattern);
      for (const [byte, bag] of [config.nodes, config.bagA, config.bagB].entries()) {
        for (let slot = 0; slot < bag.capacity; slot++) {
          assert.deepEqual(bag.add(new Uint8Array(bag.entrySize).fill(byte + 1), 1n), { slot });
        }
        assert.equal(bag.add(new Uint8Array(bag.entrySize), 1n), "OutOfSpace");
      }
      for (const [byte, bag] of [config.nodes, config.bagA, config.bagB].entries()) {
        for (let slot = 0; slot < bag.capacity; slot++) {
          assert(bag.readSlot(slot)?.entry.every((value) => value === byte + 1));
        }
      }
      config.close();
    });
  }

  it("is not opened as that of another pattern", () => {
    using domain = new TestDomain();
    create(domain, publishSubscribe).close();
    for (const pattern of patterns.slice(1)) refuses(domain, pattern, "Corrupted");
    assert.deepEqual(mappedObjects(domain.prefix), []);
  });

  it("that does not exist, is not ready or is too short is refused", () => {
    using domain = new TestDomain();
    refuses(domain, publishSubscribe, "DoesNotExist");
    const file = `/dev/shm/${sharedMemoryNames.dynamicConfig(domain.config, ID)}`;
    fs.writeFileSync(file, "", { mode: 0o200 });
    refuses(domain, publishSubscribe, "InitializationNotYetFinalized");
    fs.rmSync(file);
    fs.writeFileSync(file, new Uint8Array(100), { mode: 0o600 });
    refuses(domain, publishSubscribe, "Corrupted");
  });

  it("whose bags lead out of it is refused", () => {
    using domain = new TestDomain();
    create(domain, publishSubscribe).close();
    const file = `/dev/shm/${sharedMemoryNames.dynamicConfig(domain.config, ID)}`;
    const sound = fs.readFileSync(file);
    // The pointers and capacities of the three bags.
    for (const bag of [16, 96, 184]) {
      for (const field of [0, 8, 16, 48, 56]) {
        for (const value of [2n ** 64n - 2n ** 40n, 2n ** 62n, 1n << 40n, BigInt(sound.length)]) {
          const damaged = Buffer.from(sound);
          damaged.writeBigUInt64LE(value, bag + field);
          fs.writeFileSync(file, damaged);
          refuses(domain, publishSubscribe, "Corrupted");
        }
      }
    }
    fs.writeFileSync(file, sound);
    open(domain, publishSubscribe).close();
    assert.deepEqual(mappedObjects(domain.prefix), []);
  });

  it("is not created twice", () => {
    using domain = new TestDomain();
    const first = create(domain, publishSubscribe);
    assert.throws(
      () => create(domain, publishSubscribe),
      (error) => isStorageError(error, "AlreadyExists"),
    );
    open(domain, publishSubscribe).close();
    first.close();
  });
});
