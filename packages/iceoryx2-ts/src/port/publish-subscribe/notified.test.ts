import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import { u64 } from "../../payload/scalars.ts";
import { inDomain, inDomainAsync } from "../../testing/in-domain.test-support.ts";
import { LogCapture } from "../../testing/log-capture.test-support.ts";

/** What upstream's event_based_communication example calls the ids. */
const [PUBLISHER_CONNECTED, PUBLISHER_DISCONNECTED, SUBSCRIBER_CONNECTED, SUBSCRIBER_DISCONNECTED] = [
  0, 1, 2, 3,
];
const [SENT_SAMPLE, RECEIVED_SAMPLE, SENT_HISTORY] = [4, 5, 6];

const onlyEvents = { poll: false } as const;

const openBoth = (node: Node) => ({
  service: node.service("a").publishSubscribe(u64).openOrCreate({ historySize: 1 }),
  events: node.service("a").event().openOrCreate(),
});

describe("a publisher that notifies", () => {
  it(
    "tells of itself and of each sample, not of failures",
    inDomain((node) => {
      const { service, events } = openBoth(node);
      const listener = events.listener();
      const ids = (): number[] => listener.tryWait().map(({ id }) => id);
      const publisher = service.publisher({ notify: true });
      assert.deepEqual(ids(), [PUBLISHER_CONNECTED]);
      publisher.sendCopy(1n);
      assert.deepEqual(ids(), [SENT_SAMPLE]);
      publisher.loan().send();
      publisher.sendCopy(2n);
      assert.deepEqual(listener.tryWait(), [{ id: SENT_SAMPLE, count: 2 }]);
      assert.throws(() => publisher.sendCopy("x" as never));
      publisher.loan().release();
      assert.deepEqual(ids(), []);
      publisher.close();
      assert.deepEqual(ids(), [PUBLISHER_DISCONNECTED]);
      assert.equal(events.numberOfNotifiers, 0);
      assert.equal(events.numberOfListeners, 1);
    }),
  );

  it(
    "connects to a subscriber that says that it came, which gets its history",
    inDomainAsync(async (node) => {
      const { service, events } = openBoth(node);
      const publisher = service.publisher({ notify: true });
      publisher.sendCopy(7n);
      const listener = events.listener();
      const subscriber = service.subscriber();
      assert.equal(subscriber.receive(), undefined);
      events.notifier().notify(SUBSCRIBER_CONNECTED);
      for await (const { id } of listener) if (id === SENT_HISTORY) break;
      assert.equal(subscriber.receive()?.payload, 7n);
      publisher.close();
    }),
  );

  it(
    "wakes a loop, which tells of what it took",
    inDomainAsync(async (node) => {
      const { service, events } = openBoth(node);
      const publisher = service.publisher({ notify: true });
      const subscriber = service.subscriber();
      const listener = events.listener();
      setTimeout(() => publisher.sendCopy(1n), 5);
      for await (const sample of subscriber.samples(onlyEvents)) {
        if (sample.payload === 3n) break;
        const next = sample.payload + 1n;
        setTimeout(() => publisher.sendCopy(next), 5);
      }
      assert.equal(subscriber.wakeUps.polled, 0);
      assert.ok(subscriber.wakeUps.notified >= 3);
      const ids = listener.tryWait().map(({ id }) => id);
      assert.deepEqual(ids, [SUBSCRIBER_CONNECTED, SENT_SAMPLE, RECEIVED_SAMPLE, SENT_HISTORY]);
      subscriber.close();
      assert.deepEqual(listener.tryWait(), [{ id: SUBSCRIBER_DISCONNECTED, count: 1 }]);
    }),
  );

  it(
    "that waits for room goes on when samples were taken",
    inDomainAsync(async (node) => {
      const service = node
        .service("a")
        .publishSubscribe(u64)
        .create({ enableSafeOverflow: false, subscriberMaxBufferSize: 1 });
      const publisher = service.publisher({ notify: true });
      const subscriber = service.subscriber();
      const received: bigint[] = [];
      const loop = (async () => {
        for await (const { payload } of subscriber) if (received.push(payload) === 100) break;
      })();
      for (let i = 0n; i < 100n; i++) await publisher.send(i);
      await loop;
      assert.deepEqual(
        received,
        Array.from({ length: 100 }, (_, i) => BigInt(i)),
      );
    }),
  );

  it(
    "uses other ids where it shall, and none that the service does not have",
    inDomain((node) => {
      const { service } = openBoth(node);
      const events = node.service("b").event().create({ eventIdMaxValue: 5 });
      const other = node.service("b").publishSubscribe(u64).create();
      assert.throws(() => other.publisher({ notify: true }), { code: "DoesNotSupportRequestedMaxEventId" });
      assert.equal(other.numberOfPublishers, 0);
      const listener = events.listener();
      const publisher = other.publisher({ notify: { sentHistory: 1, sentSample: 2 } });
      publisher.sendCopy(1n);
      assert.deepEqual(
        listener.tryWait().map(({ id }) => id),
        [PUBLISHER_CONNECTED, 2],
      );
      for (const sentSample of [-1, 1.5, Number.NaN]) {
        assert.throws(() => service.publisher({ notify: { sentSample } }), { code: "InvalidArgument" });
        assert.throws(() => service.subscriber({ eventIds: { sentSample } }), { code: "InvalidArgument" });
      }
    }),
  );
});

describe("a loop over samples", () => {
  it(
    "goes on without an event service that does not fit, and says so once",
    inDomainAsync(async (node) => {
      using log = new LogCapture();
      node.service("a").event().create({ eventIdMaxValue: 2 });
      const service = node.service("a").publishSubscribe(u64).create();
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      for (let i = 0n; i < 3n; i++) {
        publisher.sendCopy(i);
        for await (const _ of subscriber) break;
      }
      assert.equal(log.messages.length, 1);
      assert.match(log.messages[0]!, /not woken by the event service "a".*eventIdMaxValue/s);
      await assert.rejects(subscriber.samples(onlyEvents).next(), {
        code: "DoesNotSupportRequestedMaxEventId",
      });
    }),
  );

  it(
    "that only events may wake makes their service where there is none",
    inDomainAsync(async (node) => {
      const service = node.service("a").publishSubscribe(u64).create();
      const subscriber = service.subscriber();
      const next = subscriber.samples(onlyEvents).next();
      setTimeout(() => service.publisher({ notify: true }).sendCopy(5n), 20);
      assert.equal((await next).value?.payload, 5n);
    }),
  );

  it(
    "finds an event service that comes later, and is woken by it",
    inDomainAsync(async (node) => {
      const service = node.service("a").publishSubscribe(u64).create();
      const subscriber = service.subscriber();
      const values: bigint[] = [];
      const loop = (async () => {
        for await (const { payload } of subscriber) {
          values.push(payload);
          if (subscriber.wakeUps.notified > 0) break;
        }
      })();
      const publisher = service.publisher({ notify: true });
      let value = 0n;
      const timer = setInterval(() => publisher.sendCopy(value++), 5);
      await loop;
      clearInterval(timer);
      assert.ok(values.length > 0);
    }),
  );
});
