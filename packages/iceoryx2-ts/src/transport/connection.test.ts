import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Config } from "../config/config.ts";
import { IndexQueueConsumer, IndexQueueProducer } from "../lockfree/index-queue.ts";
import {
  OverflowingIndexQueueConsumer,
  OverflowingIndexQueueProducer,
} from "../lockfree/overflowing-index-queue.ts";
import { hostOs } from "../os/host.ts";
import { TestDomain } from "../testing/test-domain.ts";
import {
  abandonConnection,
  Connection,
  findConnections,
  removeForsakenConnections,
  type Side,
} from "./connection.ts";
import * as layout from "./connection-layout.ts";
import { type DynamicStorage, openDynamicStorage } from "./dynamic-storage.ts";
import { openPaths } from "./faulty-os.test-support.ts";
import { sharedMemoryNames } from "./names.ts";
import { StorageError, type StorageErrorCode } from "./storage-error.ts";

const PARAMETERS: layout.ConnectionParameters = {
  bufferSize: 4,
  maxBorrowedSamples: 2,
  enableSafeOverflow: true,
  samplesPerSegment: 33,
  numberOfSegments: 1,
  numberOfChannels: 1,
};
const PEERS = { senderId: 11n, receiverId: 2n ** 127n };
const CLOSED = 2n ** 64n - 1n;
const MARKED_FOR_DESTRUCTION = 0x80;

describe("a connection", () => {
  const os = hostOs();
  let domain: TestDomain;
  let name: string;

  beforeEach(() => {
    domain = new TestDomain();
    name = sharedMemoryNames.connection(domain.config, PEERS.senderId, PEERS.receiverId);
  });
  afterEach(() => {
    domain.assertClean();
    domain[Symbol.dispose]();
    assert.deepEqual(openPaths(domain.prefix), []);
  });

  const attach = (side: Side, change: Partial<layout.ConnectionParameters> = {}): Connection =>
    Connection.attach(os, domain.config, PEERS, side, { ...PARAMETERS, ...change }, 0);
  const open = (): DynamicStorage =>
    openDynamicStorage(os, name, { writable: true, minimumSize: 8, timeout: 0 });
  const isThere = (): boolean => os.shmList().includes(name);

  function withRegion<T>(use: (region: DynamicStorage["region"]) => T): T {
    const { region, mapping } = open();
    try {
      return use(region);
    } finally {
      mapping.unmap();
    }
  }
  const stateByte = (): number => withRegion(({ bytes }) => bytes[layout.STATE]!);
  const channelState = (): bigint => withRegion(({ longs }) => longs[layout.CHANNEL_AREA / 8]!);

  function assertFails(code: StorageErrorCode, run: () => unknown, message: RegExp = /./): void {
    assert.throws(
      run,
      (error) => error instanceof StorageError && error.code === code && message.test(error.message),
      code,
    );
  }

  for (const [first, second] of [
    ["sender", "receiver"],
    ["receiver", "sender"],
  ] as const) {
    const bits = { sender: 1, receiver: 2 };

    it(`is created by the ${first}, joined by the ${second}, and removed by the last one out`, () => {
      for (const [leavesFirst, leavesLast] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const one = attach(first);
        assert.equal(os.shmStatus(name).size, 365);
        assert.equal(stateByte(), bits[first]);
        assert.ok(!one.isConnected);
        const two = attach(second);
        assert.equal(stateByte(), 3);
        assert.ok(one.isConnected && two.isConnected);
        const sides = [one, two];
        sides[leavesFirst]!.detach();
        assert.ok(isThere());
        assert.equal(stateByte(), bits[[first, second][leavesLast]!]);
        assert.ok(!sides[leavesLast]!.isConnected);
        sides[leavesLast]!.detach();
        assert.ok(!isThere());
      }
    });

    it(`has one ${first} only`, () => {
      const one = attach(first);
      assertFails("AlreadyExists", () => attach(first), new RegExp(`already has a ${first}`));
      assert.equal(stateByte(), bits[first]);
      one.detach();
    });
  }

  it("may be joined again by a side that left", () => {
    const sender = attach("sender");
    attach("receiver").detach();
    const receiver = attach("receiver");
    assert.ok(sender.isConnected);
    receiver.detach();
    sender.detach();
  });

  it("is not joined any more when the last one is on its way out", () => {
    const sender = attach("sender");
    withRegion(({ bytes }) => {
      bytes[layout.STATE] = MARKED_FOR_DESTRUCTION;
    });
    assertFails("DoesNotExist", () => attach("receiver"), /being removed/);
    assert.equal(stateByte(), MARKED_FOR_DESTRUCTION);
    sender.detach();
    assert.ok(!isThere());
  });

  it("carries chunks one way and back", () => {
    const sender = attach("sender");
    const receiver = attach("receiver");
    const submit = new OverflowingIndexQueueProducer(sender.channels[0]!.submission);
    const receive = new OverflowingIndexQueueConsumer(receiver.channels[0]!.submission);
    const giveBack = new IndexQueueProducer(receiver.channels[0]!.completion);
    const reclaim = new IndexQueueConsumer(sender.channels[0]!.completion);
    assert.deepEqual([submit.capacity, reclaim.capacity], [4, 7]);
    for (let round = 0; round < 20; round++) {
      assert.equal(submit.push(round * 2 ** 14), -1);
      const chunk = receive.pop();
      assert.ok(giveBack.push(chunk));
      assert.equal(reclaim.pop(), round * 2 ** 14);
    }
    for (let i = 0; i < 7; i++) assert.ok(giveBack.push(i));
    assert.ok(!giveBack.push(7));
    // The parts that follow the queues are untouched.
    withRegion((region) =>
      assert.equal(region.size64(layout.layOutConnection(PARAMETERS).segmentDetails + 8), 33),
    );
    receiver.detach();
    sender.detach();
  });

  it("has queues of its own for every channel and segments for every channel", () => {
    const change = { numberOfChannels: 3, numberOfSegments: 2 };
    const sender = attach("sender", change);
    const receiver = attach("receiver", change);
    const producers = sender.channels.map(({ submission }) => new OverflowingIndexQueueProducer(submission));
    for (const [i, producer] of producers.entries()) producer.push(100 + i);
    const popped = receiver.channels.map(({ submission }) =>
      new OverflowingIndexQueueConsumer(submission).pop(),
    );
    assert.deepEqual(popped, [100, 101, 102]);
    const { usedBytes, segmentDetails } = layout.layOutConnection({ ...PARAMETERS, ...change });
    withRegion((region) => {
      const used = Array.from({ length: 6 }, (_, i) =>
        region.followPointer(segmentDetails + layout.SEGMENT_DETAILS_SIZE * i, 33, 1),
      );
      assert.deepEqual(
        used,
        Array.from({ length: 6 }, (_, i) => usedBytes + 33 * i),
      );
    });
    sender.detach();
    receiver.detach();
  });

  for (const [what, change] of [
    ["buffer size", { bufferSize: 5 }],
    ["completion capacity", { maxBorrowedSamples: 3 }],
    ["safe overflow", { enableSafeOverflow: false }],
    ["samples per segment", { samplesPerSegment: 34 }],
    ["number of segments", { numberOfSegments: 2 }],
    ["number of channels", { numberOfChannels: 2 }],
  ] as const) {
    it(`is not joined with another ${what}, and nothing of the attempt stays`, () => {
      const sender = attach("sender");
      assertFails("Corrupted", () => attach("receiver", change), new RegExp(what));
      assert.equal(stateByte(), 1);
      attach("receiver").detach();
      sender.detach();
    });
  }

  it("is not joined where its pointers or figures make no sense", () => {
    const channel = layout.CHANNEL_AREA;
    for (const offset of [
      layout.CHANNELS,
      layout.CHANNELS + layout.VECTOR_LENGTH,
      layout.SAMPLES_PER_SEGMENT,
      channel + layout.SUBMISSION_SLOTS,
      channel + layout.COMPLETION_SLOTS,
      channel + layout.SUBMISSION_CAPACITY,
      channel + layout.COMPLETION_CAPACITY,
    ]) {
      for (const damage of [2n ** 64n - 4096n, 4n, 365n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
        const sender = attach("sender");
        withRegion(({ longs }) => {
          // A buffer of 4 is right: damage that one to 5.
          longs[offset / 8] = longs[offset / 8] === damage ? 5n : damage;
        });
        assertFails("Corrupted", () => attach("receiver"));
        assert.equal(stateByte(), 1);
        sender.detach();
      }
    }
  });

  it("that is too short is not joined", () => {
    const fd = os.shmCreateExclusive(name, 0o600);
    os.ftruncate(fd, layout.CHANNEL_AREA - 1);
    os.close(fd);
    assertFails("Corrupted", () => attach("receiver"));
    os.shmUnlink(name);
  });

  describe("of a dead port", () => {
    it("is closed for the other side, which can still drain it and removes it", () => {
      attach("sender");
      const receiver = attach("receiver");
      abandonConnection(os, name, "sender");
      assert.deepEqual([stateByte(), channelState()], [2, CLOSED]);
      assert.ok(!receiver.isConnected);
      abandonConnection(os, name, "sender");
      assert.equal(stateByte(), 2);
      receiver.detach();
      assert.ok(!isThere());
    });

    it("is removed where the other side is gone or dead as well", () => {
      attach("sender");
      abandonConnection(os, name, "sender");
      assert.ok(!isThere());
      attach("receiver");
      attach("sender");
      abandonConnection(os, name, "receiver");
      abandonConnection(os, name, "sender");
      assert.ok(!isThere());
      abandonConnection(os, name, "sender");
    });

    it("closes every channel", () => {
      const change = { numberOfChannels: 3 };
      attach("sender", change);
      const receiver = attach("receiver", change);
      abandonConnection(os, name, "sender");
      withRegion(({ longs }) => {
        for (const { channel } of layout.layOutConnection({ ...PARAMETERS, ...change }).channels) {
          assert.equal(longs[channel / 8], CLOSED);
        }
      });
      receiver.detach();
    });

    it("is removed where its creator did not finish it", () => {
      os.close(os.shmCreateExclusive(name, 0o200));
      abandonConnection(os, name, "sender");
      assert.ok(!isThere());
    });

    it("is removed where its creator died before it attached", () => {
      const leaveUnattached = (): void => {
        attach("sender");
        withRegion(({ bytes }) => {
          bytes[layout.STATE] = 0;
        });
      };
      leaveUnattached();
      abandonConnection(os, name, "receiver");
      assert.ok(!isThere());
      leaveUnattached();
      removeForsakenConnections(os, domain.config, PEERS.senderId, "sender");
      assert.ok(!isThere());
      const receiver = attach("receiver");
      removeForsakenConnections(os, domain.config, PEERS.senderId, "sender");
      assert.equal(stateByte(), 2);
      receiver.detach();
    });

    it("of another version is left alone", () => {
      attach("sender");
      withRegion(({ longs }) => {
        longs[0] = 1n;
      });
      assertFails("VersionMismatch", () => abandonConnection(os, name, "sender"));
      assert.ok(isThere());
      os.shmUnlink(name);
    });

    it("is given up although its channels make no sense", () => {
      for (const damage of [2n ** 20n, 2n ** 53n, 2n ** 64n - 1n]) {
        attach("sender");
        withRegion(({ longs }) => {
          longs[(layout.CHANNELS + layout.VECTOR_LENGTH) / 8] = damage;
        });
        abandonConnection(os, name, "sender");
        assert.ok(!isThere());
      }
    });
  });
});

describe("findConnections", () => {
  for (const [prefix, connectionSuffix] of [
    ["iox2_", ".connection"],
    // What the ids are searched by must not be found in what surrounds them.
    ["v0_0_", ".v0_0"],
  ] as const) {
    it(`finds the connections of a port by its side, with the prefix "${prefix}"`, () => {
      const config = Config.with(Config.default(), { global: { prefix, service: { connectionSuffix } } });
      const name = (senderId: bigint, receiverId: bigint): string =>
        sharedMemoryNames.connection(config, senderId, receiverId);
      const listing = [
        ...[
          name(5n, 7n),
          name(5n, 75n),
          name(7n, 5n),
          name(15n, 5n),
          name(5n, 15n),
          name(55n, 57n),
          name(0n, 0n),
        ],
        sharedMemoryNames.dataSegment(config, 5n),
        `x${name(5n, 7n)}`,
        `${name(5n, 7n)}x`,
        "5_7",
      ];
      assert.deepEqual(findConnections(config, 5n, "sender", listing), [
        name(5n, 7n),
        name(5n, 75n),
        name(5n, 15n),
      ]);
      assert.deepEqual(findConnections(config, 5n, "receiver", listing), [name(7n, 5n), name(15n, 5n)]);
      assert.deepEqual(findConnections(config, 0n, "sender", listing), [name(0n, 0n)]);
    });
  }
});
