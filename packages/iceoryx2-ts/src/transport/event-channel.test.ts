import assert from "node:assert/strict";
import { statSync, truncateSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Config } from "../config/config.ts";
import { Region } from "../memory/region.ts";
import { hostOs } from "../os/host.ts";
import type { Os } from "../os/os.ts";
import { FailingOs, interceptOs, mappedObjects, openDescriptors } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { EventChannel, eventChannelSize } from "./event-channel.ts";
import { EventListener, removeEventListener } from "./event-listener.ts";
import { EventNotifier, notifyListener } from "./event-notifier.ts";
import { assertSameBytes, GOLDEN_PREFIX, goldenBytes, goldenNames, idsIn } from "./golden.test-support.ts";
import { fileNames, sharedMemoryNames } from "./names.ts";
import { StorageError } from "./storage-error.ts";

const os = hostOs();
const ID = 5n;

function withListener(
  eventIdMax: number,
  test: (listener: EventListener, notifier: EventNotifier, domain: TestDomain) => void,
): () => void {
  return () => {
    using domain = new TestDomain();
    const descriptors = openDescriptors();
    const listener = EventListener.create(os, domain.config, ID, eventIdMax);
    const notifier = EventNotifier.open(os, domain.config, ID, eventIdMax)!;
    test(listener, notifier, domain);
    notifier.close();
    listener.remove();
    domain.assertClean();
    assert.deepEqual(mappedObjects(domain.prefix), []);
    assert.equal(openDescriptors(), descriptors);
  };
}

function drained(listener: EventListener): [eventId: number, count: number][] {
  const all: [number, number][] = [];
  listener.drain((eventId, count) => all.push([eventId, count]));
  return all;
}

const isReadable = (listener: EventListener): boolean => os.waitReadable([listener.fd], 0);

function sharedMemoryFile(config: Config): string {
  return `/dev/shm/${sharedMemoryNames.eventManagement(config, ID)}`;
}

describe("an event channel", () => {
  it(
    "has the bytes of a peer's",
    withListener(12, (_, notifier, { config }) => {
      for (const eventId of [3, 3, 7]) assert(notifier.notify(eventId));
      const fd = os.shmOpen(sharedMemoryNames.eventManagement(config, ID), "readOnly");
      const content = os.readAll(fd);
      os.close(fd);
      assertSameBytes(content, goldenBytes("transport/golden/event-management"), []);
    }),
  );

  it("has the names of a peer's", () => {
    const config = Config.with(Config.default(), { global: { prefix: GOLDEN_PREFIX } });
    const name = goldenNames("event-names")["event-management"]!;
    assert.equal(sharedMemoryNames.eventManagement(config, idsIn(name)[0]!), name);
  });

  it(
    "is for its user only",
    withListener(0, (_listener, _notifier, { config }) => {
      assert.equal(statSync(sharedMemoryFile(config)).mode & 0o777, 0o600);
      assert.equal(statSync(fileNames.eventSocket(config, ID)).mode & 0o777, 0o600);
    }),
  );

  it(
    "tells who was notified how often, in ascending order, once",
    withListener(255, (listener, notifier) => {
      assert.deepEqual(drained(listener), []);
      for (const eventId of [255, 5, 5, 3, 3, 3, 0]) assert(notifier.notify(eventId));
      assert.deepEqual(drained(listener), [
        [0, 1],
        [3, 3],
        [5, 2],
        [255, 1],
      ]);
      assert.deepEqual(drained(listener), []);
    }),
  );

  it(
    "counts what any number of notifiers send",
    withListener(9, (listener, notifier, { config }) => {
      const other = EventNotifier.open(os, config, ID, 9)!;
      const notifications = fc.array(fc.tuple(fc.boolean(), fc.nat(9)), { maxLength: 50 });
      fc.assert(
        fc.property(fc.array(notifications, { maxLength: 4 }), (rounds) => {
          for (const round of rounds) {
            const expected = new Map<number, number>();
            for (const [isOther, eventId] of round) {
              assert((isOther ? other : notifier).notify(eventId));
              expected.set(eventId, (expected.get(eventId) ?? 0) + 1);
            }
            assert.deepEqual(
              drained(listener),
              [...expected].sort(([a], [b]) => a - b),
            );
          }
        }),
        { numRuns: 50 },
      );
      other.close();
    }),
  );

  it(
    "rings once until its bell is taken",
    withListener(3, (listener, notifier) => {
      assert(!isReadable(listener));
      assert(listener.isIdle);
      for (let i = 0; i < 3; i++) notifier.notify(1);
      assert(isReadable(listener));
      assert(!listener.isIdle);
      drained(listener);
      assert(!isReadable(listener));
      assert(listener.isIdle);
    }),
  );

  it("makes no system call to notify who was notified already", () => {
    using domain = new TestDomain();
    const calls: string[] = [];
    const watched = interceptOs((call, _args, proceed) => {
      calls.push(call);
      return proceed();
    });
    const listener = EventListener.create(os, domain.config, ID, 3);
    const notifier = EventNotifier.open(watched, domain.config, ID, 3)!;
    calls.length = 0;
    for (let i = 0; i < 100; i++) notifier.notify(1);
    assert.deepEqual(calls, ["send"]);
    notifier.close();
    assert.deepEqual(drained(listener), [[1, 100]]);
    listener.remove();
    domain.assertClean();
  });

  it(
    "keeps counts beyond 32 bits",
    withListener(1, (listener, notifier, { config }) => {
      notifier.notify(1);
      const fd = os.shmOpen(sharedMemoryNames.eventManagement(config, ID), "readWrite");
      const mapping = os.map(fd, eventChannelSize(1), true);
      new Region(mapping.buffer, mapping.length).longs[7] = 2n ** 40n;
      mapping.unmap();
      os.close(fd);
      assert.deepEqual(drained(listener), [[1, 2 ** 40]]);
    }),
  );
});

describe("a full socket", () => {
  it(
    "is no error: there are bells enough",
    withListener(0, (listener, _notifier, { config }) => {
      const socket = os.connectDatagram(fileNames.eventSocket(config, ID));
      let sent = 0;
      assert.throws(() => {
        for (; ; sent++) os.send(socket, Uint8Array.of(0));
      });
      assert(sent > 0);
      assert(notifyListener(os, config, ID, 0));
      assert(!listener.isIdle);
      assert.deepEqual(drained(listener), [[0, 1]]);
      os.close(socket);
    }),
  );

  it("does not keep a listener: what it does not take stays readable", () => {
    using domain = new TestDomain();
    const { config } = domain;
    let socket = -1;
    const flooded = interceptOs((call, _args, proceed) => {
      const result = proceed();
      if (call === "receive") os.send(socket, Uint8Array.of(0));
      return result;
    });
    const listener = EventListener.create(flooded, config, ID, 0);
    socket = os.connectDatagram(fileNames.eventSocket(config, ID));
    os.send(socket, Uint8Array.of(0));
    assert.deepEqual(drained(listener), []);
    assert(isReadable(listener));
    os.close(socket);
    listener.remove();
    domain.assertClean();
  });
});

describe("a notifier of a listener", () => {
  it("that is not there (any more) is none", () => {
    using domain = new TestDomain();
    const { config } = domain;
    assert.equal(EventNotifier.open(os, config, ID, 3), undefined);
    assert.equal(notifyListener(os, config, ID, 3), false);
    const listener = EventListener.create(os, config, ID, 3);
    const notifier = EventNotifier.open(os, config, ID, 3)!;
    listener.remove();
    assert.equal(notifier.notify(1), false);
    notifier.close();
    domain.assertClean();
  });

  it("whose process died is gone as soon as the socket is, whatever is left of it", () => {
    using domain = new TestDomain();
    const { config } = domain;
    const listener = EventListener.create(os, config, ID, 3);
    os.close(listener.fd);
    assert.equal(EventNotifier.open(os, config, ID, 3), undefined);
    removeEventListener(os, config, ID);
    removeEventListener(os, config, ID);
    domain.assertClean();
  });

  it("that is foreign, too small, truncated or of another version is refused with a typed error", () => {
    for (const [code, spoil] of [
      ["Corrupted", (file: string) => truncateSync(file, 0x28)],
      ["Corrupted", (file: string) => truncateSync(file, 0x30)],
      ["Corrupted", (file: string) => writeFileSync(file, new Uint8Array(100).fill(0xff, 8), { flag: "r+" })],
      ["Corrupted", (file: string) => writeFileSync(file, new Uint8Array(100).fill(0, 8), { flag: "r+" })],
      ["VersionMismatch", (file: string) => writeFileSync(file, Uint8Array.of(1), { flag: "r+" })],
    ] as const) {
      using domain = new TestDomain();
      const { config } = domain;
      const listener = EventListener.create(os, config, ID, 3);
      const version = Uint8Array.of(0, 0, 0x0a, 0, 0, 0, 0, 0);
      const file = sharedMemoryFile(config);
      spoil(file);
      if (code === "Corrupted") writeFileSync(file, version, { flag: "r+" });
      const isExpected = (error: unknown): boolean => error instanceof StorageError && error.code === code;
      assert.throws(() => EventNotifier.open(os, config, ID, 3), isExpected);
      assert.deepEqual(mappedObjects(domain.prefix).length, 1, "the listener's");
      listener.remove();
      domain.assertClean();
    }
  });

  it("with too few event ids is refused", () => {
    using domain = new TestDomain();
    const listener = EventListener.create(os, domain.config, ID, 3);
    assert.throws(() => EventNotifier.open(os, domain.config, ID, 4), /counters for the event ids up to 4/);
    listener.remove();
  });
});

describe("a region is no event channel", () => {
  it("if its counters are not within it", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (pointer, capacity) => {
          const region = new Region(new ArrayBuffer(128), 128);
          EventChannel.initialize(region, 4);
          region.longs[1] = pointer % 2n === 0n ? pointer % 200n : pointer;
          region.longs[2] = capacity % 2n === 0n ? capacity % 20n : capacity;
          const channel = EventChannel.attach(region);
          if (channel === undefined) return;
          assert(channel.capacity <= 16);
          // Whatever it reads and writes is within the region.
          for (let id = 0; id < channel.capacity; id++) channel.notify(id, () => {});
        },
      ),
    );
  });
});

describe("creating a listener leaves nothing behind when it fails", () => {
  const calls: readonly (keyof Os)[] = [
    "shmCreateExclusive",
    "ftruncate",
    "fallocate",
    "map",
    "bindDatagram",
    "fchmod",
  ];
  for (const call of calls) {
    it(`in ${call}`, () => {
      using domain = new TestDomain();
      const descriptors = openDescriptors();
      for (let failAt = 1; ; failAt++) {
        const failing = new FailingOs([call as "map"], "ENOSPC");
        failing.arm(failAt);
        try {
          EventListener.create(failing.os, domain.config, ID, 3).remove();
        } catch (error) {
          assert(error instanceof StorageError, String(error));
        }
        domain.assertClean();
        assert.deepEqual(mappedObjects(domain.prefix), []);
        assert.equal(openDescriptors(), descriptors);
        if (failing.failed === undefined) break;
      }
    });
  }
});
