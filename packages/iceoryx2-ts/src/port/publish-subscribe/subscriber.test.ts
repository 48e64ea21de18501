import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { PublishSubscribeService } from "../../api/publish-subscribe-service.ts";
import { UseAfterReleaseError } from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { struct } from "../../payload/struct.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { ReceiveError } from "../common/port-errors.ts";
import type { Publisher } from "./publisher.ts";
import type { Subscriber } from "./subscriber.ts";

const Pair = struct("Pair", { a: u64, b: u64 });

interface Pipe {
  readonly service: PublishSubscribeService<U64>;
  readonly publisher: Publisher<U64>;
  readonly subscriber: Subscriber<U64>;
}

/** A subscriber that holds at most 2 of the 4 samples that can wait for it. */
function connect(node: Node): Pipe {
  const service = node
    .service("Camera")
    .publishSubscribe(u64)
    .create({ subscriberMaxBufferSize: 4, subscriberMaxBorrowedSamples: 2 });
  return { service, publisher: service.publisher(), subscriber: service.subscriber() };
}

function send(publisher: Publisher<U64>, ...values: bigint[]): void {
  for (const value of values) publisher.sendCopy(value);
}

describe("a received sample", () => {
  it(
    "shows its payload and where it comes from",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      send(publisher, 5n);
      const sample = subscriber.receive()!;
      assert.equal(sample.payload, 5n);
      assert.equal(sample.copy(), 5n);
      assert.equal(sample.origin, publisher.id);
      assert.deepEqual(sample.header, { nodeId: node.id, publisherId: publisher.id, numberOfElements: 1 });
      assert.equal(sample.userHeader, undefined);
      sample.release();
    }),
  );

  it(
    "is over after release, with its views, and may be released again",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(Pair).create();
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      publisher.sendCopy({ a: 1n, b: 2n });
      const sample = subscriber.receive()!;
      const view = sample.payload;
      const copy = sample.copy();
      assert.deepEqual([view.a, view.b, copy], [1n, 2n, { a: 1n, b: 2n }]);
      sample.release();
      sample.release();
      assert.equal(sample.released, true);
      for (const use of [
        () => sample.payload,
        () => sample.copy(),
        () => sample.origin,
        () => sample.header,
        () => sample.keep(),
        () => view.a,
      ]) {
        assert.throws(use, (error) => {
          assert(error instanceof UseAfterReleaseError);
          assert.match(error.message, /sample of subscriber of service "a"/);
          return true;
        });
      }
      assert.deepEqual(copy, { a: 1n, b: 2n });
    }),
  );

  it(
    "is over after release although nobody looked at it before",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(Pair, { userHeader: Pair }).create();
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      publisher.sendCopy({ a: 1n, b: 2n });
      const sample = subscriber.receive()!;
      sample.release();
      assert.throws(() => sample.payload, UseAfterReleaseError);
      assert.throws(() => sample.userHeader, UseAfterReleaseError);
    }),
  );

  it(
    "goes back to its publisher at the end of its scope",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      for (let value = 1n; value <= 10n; value++) {
        send(publisher, value);
        using sample = subscriber.receive();
        assert.equal(sample?.payload, value);
      }
    }),
  );

  it(
    "of a slice is a typed array of the length that was sent",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 16 });
      const subscriber = service.subscriber();
      for (const value of [[], [1], [1, 2, 3], new Array<number>(16).fill(7)]) {
        publisher.sendCopy(value);
        const sample = subscriber.receive()!;
        assert.deepEqual(sample.payload, Uint8Array.from(value));
        assert.equal(sample.header.numberOfElements, value.length);
        const copy = sample.copy();
        sample.release();
        assert.deepEqual(copy, Uint8Array.from(value));
      }
    }),
  );
});

describe("a subscriber", () => {
  it(
    "receives in order, and only what was sent since it came",
    inDomain((node) => {
      const { service, publisher, subscriber } = connect(node);
      send(publisher, 1n, 2n);
      const late = service.subscriber();
      send(publisher, 3n);
      const values = (from: Subscriber<U64>): bigint[] => {
        const received: bigint[] = [];
        for (let sample = from.receive(); sample !== undefined; sample = from.receive()) {
          received.push(sample.payload);
          sample.release();
        }
        return received;
      };
      assert.deepEqual(values(subscriber), [1n, 2n, 3n]);
      assert.deepEqual(values(late), [3n]);
      assert.equal(subscriber.receive(), undefined);
    }),
  );

  it(
    "serves its publishers in turn, so that one that never pauses keeps nobody waiting",
    inDomain((node) => {
      const service = node.service("Turns").publishSubscribe(u64).create({ maxPublishers: 3 });
      const publishers = [service.publisher(), service.publisher(), service.publisher()];
      const subscriber = service.subscriber();
      const next = (): bigint => {
        const sample = subscriber.receive()!;
        const { payload } = sample;
        sample.release();
        return payload;
      };
      for (let i = 0n; i < 2n; i++) {
        for (const [who, publisher] of publishers.entries()) publisher.sendCopy(10n * BigInt(who) + i);
      }
      assert.deepEqual([next(), next(), next(), next()], [0n, 10n, 20n, 1n]);
      publishers[0]!.sendCopy(2n);
      assert.deepEqual([next(), next(), next()], [11n, 21n, 2n]);
    }),
  );

  it(
    "knows whether samples wait, also of publishers that came later",
    inDomain((node) => {
      const { service, publisher, subscriber } = connect(node);
      assert.equal(subscriber.hasSamples(), false);
      send(publisher, 1n);
      assert.equal(subscriber.hasSamples(), true);
      subscriber.receive()!.release();
      assert.equal(subscriber.hasSamples(), false);
      send(service.publisher(), 2n);
      assert.equal(subscriber.hasSamples(), true);
    }),
  );

  it(
    "holds as many samples per publisher as the service allows; nothing is lost then",
    inDomain((node) => {
      const { service, publisher, subscriber } = connect(node);
      const other = service.publisher();
      send(publisher, 1n, 2n, 3n);
      const held = [subscriber.receive()!, subscriber.receive()!];
      assert.throws(
        () => subscriber.receive(),
        (error) =>
          error instanceof ReceiveError &&
          error.code === "ExceedsMaxBorrows" &&
          /^cannot receive with subscriber of service "Camera": 2 samples .* Release one/.test(error.message),
      );
      send(other, 10n);
      const fromOther = subscriber.receive()!;
      assert.equal(fromOther.payload, 10n, "the limit is one of each publisher");
      held[0]!.release();
      assert.equal(subscriber.receive()?.payload, 3n);
      assert.equal(subscriber.receive(), undefined, "the limit does not matter while nothing waits");
    }),
  );

  it(
    "that closes detaches its samples: they show the same bytes while the publisher goes on",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(Pair).create({ subscriberMaxBufferSize: 2 });
      const publisher = service.publisher();
      const subscriber = service.subscriber();
      publisher.sendCopy({ a: 1n, b: 2n });
      publisher.sendCopy({ a: 3n, b: 4n });
      const samples = [subscriber.receive()!, subscriber.receive()!];
      const views = samples.map((sample) => sample.payload);
      const origin = publisher.id;
      subscriber.close();
      for (let value = 100n; value < 150n; value++) publisher.sendCopy({ a: value, b: value });
      publisher.close();
      assert.deepEqual(
        views.map(({ a, b }) => [a, b]),
        [
          [1n, 2n],
          [3n, 4n],
        ],
      );
      for (const sample of samples) {
        assert.equal(sample.origin, origin);
        assert.equal(sample.released, false);
        sample.release();
        assert.throws(() => sample.payload, UseAfterReleaseError);
      }
      assert.throws(() => views[0]!.a, UseAfterReleaseError);
    }),
  );

  it(
    "that closes detaches slices as well",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 4 });
      const subscriber = service.subscriber();
      publisher.sendCopy([1, 2, 3]);
      const sample = subscriber.receive()!;
      subscriber.close();
      for (let i = 0; i < 50; i++) publisher.sendCopy([9, 9, 9, 9]);
      assert.deepEqual(sample.payload, Uint8Array.of(1, 2, 3));
      assert.deepEqual(sample.copy(), Uint8Array.of(1, 2, 3));
      sample.release();
    }),
  );

  it(
    "keeps what it did not read of so many publishers that left as the configuration says",
    inDomain(
      (node) => {
        const { service, publisher, subscriber } = connect(node);
        publisher.close();
        for (let value = 1n; value <= 4n; value++) {
          const shortLived = service.publisher();
          subscriber.hasSamples();
          send(shortLived, value);
          shortLived.close();
        }
        const values: bigint[] = [];
        subscriber.drain(({ payload }) => values.push(payload));
        assert.deepEqual(values, [3n, 4n]);
      },
      {
        defaults: { publishSubscribe: { subscriberExpiredConnectionBuffer: 2 } },
      },
    ),
  );
});
