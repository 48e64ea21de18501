/** What upstream's suite demands of exchanging samples, as far as no other test shows it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  type Publisher,
  type PublishSubscribeService,
  type Subscriber,
  slice,
  struct,
  type U64,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const UserHeader = struct("UserHeader", { value: array(u64, 1024) });

function drain(subscriber: Subscriber<U64>): bigint[] {
  const values: bigint[] = [];
  subscriber.drain(({ payload }) => values.push(payload));
  return values;
}

function send(publisher: Publisher<U64>, count: number): void {
  for (let value = 0; value < count; value++) publisher.sendCopy(BigInt(value));
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

describe("samples arrive", () => {
  for (const enableSafeOverflow of [true, false]) {
    test(
      `whichever port is created first, with overflow: ${enableSafeOverflow}`,
      inDomain((node) => {
        for (const kinds of [
          ["publisher", "subscriber"],
          ["subscriber", "publisher"],
        ]) {
          const first = node.service("a").publishSubscribe(u64).create({ enableSafeOverflow });
          const second = node.service("a").publishSubscribe(u64).open({ enableSafeOverflow });
          const [publishing, subscribing] = kinds[0] === "publisher" ? [first, second] : [second, first];
          const early = kinds[0] === "publisher" ? publishing.publisher() : undefined;
          const subscriber = subscribing.subscriber();
          const publisher = early ?? publishing.publisher();
          publisher.updateConnections();
          for (const value of [1234n, 4567n]) {
            assert.equal(publisher.sendCopy(value), 1);
            assert.equal(subscriber.receive()!.payload, value);
          }
          for (const part of [first, second, publisher, subscriber]) part.close();
        }
      }),
    );
  }

  test(
    "with every number of subscribers that come and go",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create({
        maxPublishers: 1,
        maxSubscribers: 10,
        historySize: 0,
        subscriberMaxBorrowedSamples: 1,
        subscriberMaxBufferSize: 3,
      });
      const publisher = service.publisher();
      for (let count = 0; count < 10; count++) {
        for (let round = 0; round < 20; round++) {
          const subscribers = times(count, () => service.subscriber());
          for (const value of [1n, 2n, 3n]) assert.equal(publisher.sendCopy(value), count);
          for (const subscriber of subscribers.slice(1)) assert.deepEqual(drain(subscriber), [1n, 2n, 3n]);
          for (const subscriber of subscribers) subscriber.close();
          for (const value of [4n, 5n]) assert.equal(publisher.sendCopy(value), 0);
        }
      }
    }),
  );

  test(
    "with every number of publishers that come and go",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create({
        maxPublishers: 10,
        historySize: 0,
        subscriberMaxBorrowedSamples: 1,
        subscriberMaxBufferSize: 1,
      });
      const subscriber = service.subscriber();
      for (let count = 0; count < 10; count++) {
        for (let round = 0; round < 20; round++) {
          for (const publisher of times(count, () => service.publisher())) {
            const value = BigInt(count * round + 12);
            assert.equal(publisher.sendCopy(value), 1);
            using sample = subscriber.receive()!;
            assert.equal(sample.payload, value);
            publisher.close();
          }
        }
      }
    }),
  );

  for (const handles of ["one handle", "a handle for each port"]) {
    test(
      `with as many ports as the service allows, of ${handles}`,
      inDomain((node) => {
        const verbs = node.service("a").publishSubscribe(u64);
        const created = verbs.create({ maxPublishers: 5, maxSubscribers: 7 });
        const service = (): PublishSubscribeService<U64> =>
          handles === "one handle" ? created : verbs.open();
        const publishers = times(5, () => service().publisher());
        const subscribers = times(7, () => service().subscriber());
        let counter = 0n;
        for (let round = 0; round < 128; round++) {
          for (const publisher of publishers) {
            assert.equal(publisher.sendCopy(++counter), 7);
            for (const subscriber of subscribers) assert.deepEqual(drain(subscriber), [counter]);
          }
        }
      }),
    );
  }

  test(
    "in slices of every length up to the longest, aligned as it was told",
    inDomain((node) => {
      for (const payloadAlignment of [undefined, 64]) {
        const qos = { subscriberMaxBufferSize: 92, subscriberMaxBorrowedSamples: 92 };
        using service = node.service("a").publishSubscribe(slice(u64), { payloadAlignment }).create(qos);
        using publisher = service.publisher({ initialMaxSliceLen: 91 });
        using subscriber = service.subscriber();
        for (let length = 0; length <= 91; length++) {
          const loan = publisher.loanUninit(length);
          for (let index = 0; index < length; index++) loan.payload[index] = BigInt(index) * 25n;
          loan.send();
          const { payload } = subscriber.receive()!;
          assert.deepEqual(
            [...payload],
            Array.from({ length }, (_, index) => BigInt(index) * 25n),
          );
          assert.equal(payload.byteOffset % (payloadAlignment ?? 8), 0);
        }
      }
    }),
  );

  test(
    "with a user header of eight kilobytes",
    inDomain((node) => {
      const verbs = node.service("a").publishSubscribe(u64, { userHeader: UserHeader });
      const subscriber = verbs.create().subscriber();
      const loan = verbs.open().publisher().loan();
      for (let index = 0; index < 1024; index++) loan.userHeader.value[index] = BigInt(index);
      loan.payload = 1829731n;
      assert.equal(loan.send(), 1);
      const sample = subscriber.receive()!;
      assert.equal(sample.payload, 1829731n);
      assert.deepEqual(
        [...sample.userHeader.value],
        Array.from({ length: 1024 }, (_, index) => BigInt(index)),
      );
    }),
  );
});

describe("what waits", () => {
  test(
    "is as much as the subscriber's buffer holds, of publishers that came before and after it",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create({ subscriberMaxBufferSize: 16 });
      for (let bufferSize = 1; bufferSize <= 16; bufferSize++) {
        using before = service.publisher();
        using subscriber = service.subscriber({ bufferSize });
        using after = service.publisher();
        assert.equal(subscriber.bufferSize, bufferSize);
        for (const publisher of [before, after]) {
          send(publisher, 2 * bufferSize);
          assert.deepEqual(
            drain(subscriber),
            Array.from({ length: bufferSize }, (_, index) => BigInt(bufferSize + index)),
          );
        }
      }
    }),
  );

  test(
    "of a closed publisher comes first and does not keep its place",
    inDomain((node) => {
      const qos = { subscriberMaxBufferSize: 4, maxPublishers: 1 };
      const service = node.service("a").publishSubscribe(u64).create(qos);
      const first = service.publisher();
      // It has to know the publisher while that is there.
      const subscriber = service.subscriber();
      send(first, 4);
      first.close();
      service.publisher().sendCopy(4n);
      assert.deepEqual(drain(subscriber), [0n, 1n, 2n, 3n, 4n]);
    }),
  );

  test(
    "is the newest where the history is longer than the buffer, and all of it comes back",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create({
        maxPublishers: 1,
        maxSubscribers: 1,
        subscriberMaxBorrowedSamples: 1,
        historySize: 1000,
        subscriberMaxBufferSize: 1000,
      });
      const publisher = service.publisher({ maxLoanedSamples: 1 });
      send(publisher, 1000);
      for (let round = 0; round < 10; round++) {
        using subscriber = service.subscriber({ bufferSize: 1 });
        publisher.updateConnections();
        assert.deepEqual(drain(subscriber), [999n]);
      }
      send(publisher, 2000);
      publisher.loan().release();
    }),
  );
});
