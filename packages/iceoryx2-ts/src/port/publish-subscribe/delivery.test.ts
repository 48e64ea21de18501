/** Who gets what: history, full buffers with and without overflow, chunks that come back. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { PublishSubscribeService } from "../../api/publish-subscribe-service.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import type { PublishSubscribeQos } from "../../service/publish-subscribe.ts";
import { ChunkLedger } from "../../testing/chunk-ledger.test-support.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import type { BackpressureInfo } from "../common/handlers.ts";
import { SendError } from "../common/port-errors.ts";
import type { Publisher } from "./publisher.ts";
import type { Sample } from "./sample.ts";
import type { Subscriber } from "./subscriber.ts";

function create(node: Node, qos: PublishSubscribeQos): PublishSubscribeService<U64> {
  return node.service("a").publishSubscribe(u64).create(qos);
}

function send(publisher: Publisher<U64>, ...values: bigint[]): void {
  for (const value of values) publisher.sendCopy(value);
}

function drain(subscriber: Subscriber<U64>): bigint[] {
  const values: bigint[] = [];
  subscriber.drain(({ payload }) => values.push(payload));
  return values;
}

describe("history", () => {
  it(
    "goes to a late subscriber, oldest first, as much as it wants and can hold",
    inDomain((node) => {
      const service = create(node, { historySize: 3, subscriberMaxBufferSize: 4, maxSubscribers: 5 });
      const publisher = service.publisher();
      send(publisher, 1n, 2n);
      const early = service.subscriber();
      publisher.updateConnections();
      assert.deepEqual(drain(early), [1n, 2n]);
      send(publisher, 3n, 4n, 5n);
      const wanted = [
        [{}, [3n, 4n, 5n]],
        [{ historyRequest: 1 }, [5n]],
        [{ historyRequest: 0 }, []],
        [{ bufferSize: 2 }, [4n, 5n]],
      ] as const;
      for (const [options, expected] of wanted) {
        const late = service.subscriber(options);
        assert.deepEqual(drain(late), [], "the publisher does not know it yet");
        publisher.updateConnections();
        assert.deepEqual(drain(late), expected);
      }
      assert.deepEqual(drain(early), [3n, 4n, 5n]);
    }),
  );

  it(
    "comes before what is sent next",
    inDomain((node) => {
      const service = create(node, { historySize: 2, subscriberMaxBufferSize: 4 });
      const publisher = service.publisher();
      send(publisher, 1n, 2n);
      const late = service.subscriber();
      send(publisher, 3n);
      assert.deepEqual(drain(late), [1n, 2n, 3n]);
    }),
  );

  it(
    "is of each publisher its own",
    inDomain((node) => {
      const service = create(node, { historySize: 1, maxPublishers: 2 });
      const publishers = [service.publisher(), service.publisher()];
      send(publishers[0]!, 1n, 2n);
      send(publishers[1]!, 10n);
      const late = service.subscriber();
      for (const publisher of publishers) publisher.updateConnections();
      assert.deepEqual(drain(late), [2n, 10n]);
    }),
  );
});

describe("a full buffer", () => {
  it(
    "with overflow drops its oldest samples, each subscriber's own",
    inDomain((node) => {
      const service = create(node, { subscriberMaxBufferSize: 3, enableSafeOverflow: true });
      const publisher = service.publisher();
      const wide = service.subscriber();
      const narrow = service.subscriber({ bufferSize: 1 });
      for (let value = 1n; value <= 10n; value++) assert.equal(publisher.sendCopy(value), 2);
      assert.deepEqual(drain(wide), [8n, 9n, 10n]);
      assert.deepEqual(drain(narrow), [10n]);
    }),
  );

  it(
    "without overflow makes the whole send fail: nobody gets the sample and the loan stays",
    inDomain((node) => {
      const service = create(node, { subscriberMaxBufferSize: 2, enableSafeOverflow: false, historySize: 1 });
      const publisher = service.publisher({ backpressureStrategy: "RetryUntilDelivered", name: "front" });
      const wide = service.subscriber();
      const narrow = service.subscriber({ bufferSize: 1 });
      send(publisher, 1n);
      const isFull = (error: unknown): boolean =>
        error instanceof SendError &&
        error.code === "UnableToDeliver" &&
        error.message.includes('cannot send from publisher "front" of service "a"') &&
        error.message.includes(`${narrow.id} has no room, 1 samples wait`);
      assert.throws(() => publisher.sendCopy(2n), isFull);
      const loan = publisher.loan();
      loan.payload = 3n;
      assert.throws(() => loan.send(), isFull);
      assert.equal(loan.released, false);
      assert.deepEqual(drain(wide), [1n], "nobody got the others");
      const late = service.subscriber();
      publisher.updateConnections();
      assert.deepEqual(drain(late), [1n], "nor did the history");
      assert.deepEqual(drain(narrow), [1n]);
      assert.equal(loan.send(), 3);
      assert.deepEqual([drain(wide), drain(narrow), drain(late)], [[3n], [3n], [3n]]);
    }),
  );

  for (const action of ["DiscardData", "DiscardDataAndFail", "Retry"] as const) {
    it(
      `is asked about from the first time on for each sample: ${action}`,
      inDomain((node) => {
        const service = create(node, { subscriberMaxBufferSize: 1, enableSafeOverflow: false });
        const asked: BackpressureInfo[] = [];
        const backpressureHandler = (info: BackpressureInfo): typeof action => {
          asked.push(info);
          return action;
        };
        const publisher = service.publisher({ backpressureHandler });
        const subscriber = service.subscriber();
        send(publisher, 1n);
        for (const value of [2n, 3n]) {
          if (action === "DiscardData") assert.equal(publisher.sendCopy(value), 0);
          else assert.throws(() => publisher.sendCopy(value), SendError);
        }
        assert.deepEqual(
          asked.map(({ retries, elapsedTime }) => [retries, elapsedTime]),
          [
            [0, 0],
            [0, 0],
          ],
        );
        assert.deepEqual(drain(subscriber), [1n]);
      }),
    );
  }

  it(
    "without overflow is skipped by a publisher that discards",
    inDomain((node) => {
      const service = create(node, { subscriberMaxBufferSize: 2, enableSafeOverflow: false });
      const publisher = service.publisher({ backpressureStrategy: "DiscardData" });
      const wide = service.subscriber();
      const narrow = service.subscriber({ bufferSize: 1 });
      assert.deepEqual(
        [1n, 2n, 3n].map((value) => publisher.sendCopy(value)),
        [2, 1, 0],
      );
      assert.deepEqual([drain(wide), drain(narrow)], [[1n, 2n], [1n]]);
      assert.equal(publisher.sendCopy(4n), 2);
    }),
  );

  it(
    "of a subscriber that closed is no obstacle",
    inDomain((node) => {
      const service = create(node, { subscriberMaxBufferSize: 1, enableSafeOverflow: false });
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      send(publisher, 1n);
      assert.throws(() => publisher.sendCopy(2n), SendError);
      subscriber.close();
      assert.equal(publisher.sendCopy(3n), 0);
    }),
  );
});

describe("the chunks of a publisher", () => {
  it(
    "are taken back before a subscriber might find no room to give another one back",
    inDomain((node) => {
      using ledger = new ChunkLedger();
      const service = create(node, { subscriberMaxBufferSize: 2, subscriberMaxBorrowedSamples: 2 });
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      const inUse = Array.from({ length: 12 }, () => {
        publisher.sendCopy(1n);
        subscriber.receive()!.release();
        return ledger.inUse;
      });
      // There is room for 2 that wait, 2 that are held and 1 more; the fifth takes the four before it back.
      assert.deepEqual(inUse, [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
      publisher.close();
      assert.equal(ledger.inUse, 0);
    }),
  );

  it(
    "are exactly as many as can be out at the same time",
    inDomain((node) => {
      using ledger = new ChunkLedger();
      const service = create(node, {
        maxSubscribers: 2,
        subscriberMaxBufferSize: 3,
        subscriberMaxBorrowedSamples: 2,
        historySize: 2,
        enableSafeOverflow: false,
      });
      const publisher = service.publisher({ maxLoanedSamples: 3, backpressureStrategy: "DiscardData" });
      const held: Sample<U64>[] = [];
      const subscribers: Subscriber<U64>[] = [];
      let value = 0n;
      // A subscriber that is full gets nothing more, so no two of them share a chunk.
      for (const receivers of [1, 1]) {
        const subscriber = service.subscriber({ historyRequest: 0 });
        subscribers.push(subscriber);
        for (let i = 0; i < 2; i++) {
          assert.equal(publisher.sendCopy(value++), receivers);
          held.push(subscriber.receive()!);
        }
        for (let i = 0; i < 3; i++) assert.equal(publisher.sendCopy(value++), receivers);
      }
      // Nor does the history share one with them.
      for (let i = 0; i < 2; i++) assert.equal(publisher.sendCopy(value++), 0);
      const loans = [publisher.loan(), publisher.loan(), publisher.loan()];
      assert.equal(ledger.inUse, 2 * (3 + 2) + 2 + 3);
      for (let round = 0; round < 10; round++) {
        assert.equal(loans.shift()!.send(), 0);
        loans.push(publisher.loan());
      }
      assert.deepEqual(
        held.map(({ payload }) => payload),
        [0n, 1n, 5n, 6n],
      );
      for (const loan of loans) loan.release();
      for (const sample of held) sample.release();
      for (const subscriber of subscribers) subscriber.drain(() => {});
      // What was given back is taken back when the next chunk might find no room to be given back.
      for (let i = 0; i < 3; i++) publisher.sendCopy(value++);
      assert.equal(
        ledger.inUse,
        3,
        "all came back but the last, which the subscribers and the history share",
      );
    }),
  );

  it(
    "of a subscriber that closed are free again",
    inDomain((node) => {
      using ledger = new ChunkLedger();
      const service = create(node, { historySize: 0, subscriberMaxBufferSize: 4 });
      const publisher = service.publisher();
      for (let round = 0; round < 50; round++) {
        const subscriber = service.subscriber();
        send(publisher, 1n, 2n, 3n);
        const sample = subscriber.receive()!;
        subscriber.close();
        assert.equal(sample.payload, 1n);
        publisher.updateConnections();
        assert.equal(ledger.inUse, 0);
      }
    }),
  );
});
