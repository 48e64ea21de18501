/** What upstream's suite demands of publishers, subscribers, samples and loans, beside what holds for all ports. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LoanError, PublishSubscribeCreateError, u64 } from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const isTaken = (error: unknown): boolean =>
  error instanceof PublishSubscribeCreateError && error.code === "AlreadyExists";

describe("loans", () => {
  test(
    "are sent in any order, with copies in between",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create({ subscriberMaxBufferSize: 4 });
      const publisher = service.publisher({ maxLoanedSamples: 4 });
      const loans = [1n, 2n, 3n].map((value) => {
        const loan = publisher.loanUninit();
        loan.payload = value;
        return loan;
      });
      const subscriber = service.subscriber();
      publisher.sendCopy(4n);
      loans[2]!.send();
      loans[1]!.release();
      loans[0]!.send();
      const received: bigint[] = [];
      subscriber.drain(({ payload }) => received.push(payload));
      assert.deepEqual(received, [4n, 3n, 1n]);
    }),
  );

  test(
    "keep the service of their closed publisher, but not its place",
    inDomain((node) => {
      const verbs = node.service("a").publishSubscribe(u64);
      const service = verbs.create({ maxPublishers: 1 });
      const publisher = service.publisher();
      const loan = publisher.loan();
      publisher.close();
      service.publisher().close();
      service.close();
      assert.throws(() => verbs.create(), isTaken);
      loan.release();
      verbs.create();
    }),
  );
});

describe("a publisher", () => {
  for (const chunks of [0, 1, 2, 9]) {
    test(
      `has as few chunks as it was told, but one: ${chunks}`,
      inDomain((node) => {
        const service = node.service("a").publishSubscribe(u64).create();
        const maxLoanedSamples = chunks + 2;
        const publisher = service.publisher({ overrideSamplePreallocation: () => chunks, maxLoanedSamples });
        const loans = Array.from({ length: Math.max(chunks, 1) }, () => publisher.loan());
        assert.throws(
          () => publisher.loan(),
          (error) => error instanceof LoanError && error.code === "OutOfMemory",
        );
        for (const loan of loans) loan.release();
      }),
    );
  }
});

describe("a subscriber", () => {
  test(
    "may have room for very many samples",
    inDomain((node) => {
      const qos = { subscriberMaxBufferSize: 47112 };
      const service = node.service("a").publishSubscribe(u64).create(qos);
      const subscriber = service.subscriber({ bufferSize: 47112 });
      assert.equal(subscriber.bufferSize, 47112);
      const publisher = service.publisher();
      for (let sent = 0; sent < 47112; sent++) publisher.sendCopy(BigInt(sent));
      let next = 0n;
      subscriber.drain(({ payload }) => assert.equal(payload, next++));
      assert.equal(next, 47112n);
    }),
  );
});

describe("held samples", () => {
  test(
    "of a closed publisher do not keep its place",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create({ maxPublishers: 1 });
      const subscriber = service.subscriber();
      const first = service.publisher();
      assert.equal(first.sendCopy(1n), 1);
      const held = subscriber.receive()!;
      first.close();
      const second = service.publisher();
      assert.equal(second.sendCopy(2n), 1);
      assert.equal(held.payload, 1n);
      assert.equal(subscriber.receive()!.payload, 2n);
      assert.equal(held.payload, 1n);
    }),
  );

  test(
    "of a closed subscriber do not keep its place, nor the sample from its successor",
    inDomain((node) => {
      const service = node
        .service("a")
        .publishSubscribe(u64)
        .create({ maxSubscribers: 1, historySize: 1, subscriberMaxBufferSize: 2 });
      const publisher = service.publisher();
      const first = service.subscriber();
      assert.equal(publisher.sendCopy(1n), 1);
      const held = first.receive()!;
      first.close();
      const second = service.subscriber();
      assert.equal(publisher.sendCopy(2n), 1);
      assert.deepEqual([second.receive()!.payload, second.receive()!.payload], [1n, 2n]);
      assert.equal(held.payload, 1n);
    }),
  );

  test(
    "outlive everything they came from",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create();
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      publisher.sendCopy(8761238679123n);
      const held = subscriber.receive()!;
      service.close();
      subscriber.close();
      publisher.close();
      node.close();
      assert.equal(held.payload, 8761238679123n);
    }),
  );
});
