import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { PublishSubscribeService } from "../../api/publish-subscribe-service.ts";
import { ClosedError } from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import { ReceiveError } from "../common/port-errors.ts";
import type { Publisher } from "./publisher.ts";
import type { Sample } from "./sample.ts";
import type { Subscriber } from "./subscriber.ts";

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

describe("draining", () => {
  it(
    "shows each slice in its own length, whatever else was received in the same chunk",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const publisher = service.publisher({ initialMaxSliceLen: 8, overrideSamplePreallocation: () => 1 });
      const subscriber = service.subscriber();
      const drained = (): number[] => {
        const lengths: number[] = [];
        subscriber.drain(({ payload }) => lengths.push(payload.length));
        return lengths;
      };
      for (const length of [2, 5, 5, 1, 8]) {
        publisher.sendCopy(new Uint8Array(length));
        assert.deepEqual(drained(), [length]);
        publisher.sendCopy(new Uint8Array(3));
        const sample = subscriber.receive()!;
        assert.equal(sample.payload.length, 3);
        sample.release();
        publisher.sendCopy(new Uint8Array(3));
        assert.deepEqual(drained(), [3]);
      }
    }),
  );

  it(
    "hands out every sample once and releases it",
    inDomain((node) => {
      const { service, publisher, subscriber } = connect(node);
      const other = service.publisher();
      send(publisher, 1n, 2n, 3n);
      send(other, 10n);
      const seen: Sample<U64>[] = [];
      const values: bigint[] = [];
      const count = subscriber.drain((sample) => {
        seen.push(sample);
        values.push(sample.payload);
      });
      assert.equal(count, 4);
      assert.deepEqual(values, [1n, 2n, 3n, 10n]);
      assert(seen.every(({ released }) => released));
      assert.equal(
        subscriber.drain(() => assert.fail()),
        0,
      );
    }),
  );

  it(
    "leaves what is kept to the callback's owner, up to the limit",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      send(publisher, 1n, 2n, 3n, 4n);
      const kept: Sample<U64>[] = [];
      assert.equal(
        subscriber.drain((sample) => void kept.push(sample.keep())),
        2,
      );
      assert.deepEqual(
        kept.map(({ payload }) => payload),
        [1n, 2n],
      );
      assert.throws(
        () => subscriber.drain(() => assert.fail()),
        (error) => error instanceof ReceiveError && error.code === "ExceedsMaxBorrows",
      );
      for (const sample of kept) sample.release();
      const rest: bigint[] = [];
      subscriber.drain(({ payload }) => rest.push(payload));
      assert.deepEqual(rest, [3n, 4n]);
      assert(kept.every(({ released }) => released));
    }),
  );

  it(
    "does not touch a kept sample when its chunk comes again",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      send(publisher, 1n);
      let kept: Sample<U64> | undefined;
      subscriber.drain((sample) => {
        kept = sample.keep();
      });
      for (let value = 2n; value < 50n; value++) {
        send(publisher, value);
        subscriber.drain((sample) => assert.equal(sample.payload, value));
        assert.equal(kept!.payload, 1n);
      }
      kept!.release();
      for (let value = 50n; value < 60n; value++) {
        send(publisher, value);
        subscriber.drain((sample) => assert.notEqual(sample, kept));
        assert.equal(kept!.released, true);
      }
    }),
  );

  it(
    "ends although the callback publishes more",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      send(publisher, 0n);
      const count = subscriber.drain(({ payload }) => send(publisher, payload + 1n));
      assert(count >= 1 && count <= subscriber.bufferSize, `${count}`);
      assert.equal(subscriber.hasSamples(), true);
    }),
  );

  it(
    "ends when the callback closes the subscriber",
    inDomain((node) => {
      for (const keeps of [false, true]) {
        const { service, publisher, subscriber } = connect(node);
        send(publisher, 1n, 2n);
        let seen: Sample<U64> | undefined;
        const count = subscriber.drain((sample) => {
          seen = sample;
          if (keeps) sample.keep();
          subscriber.close();
          assert.equal(sample.payload, 1n);
        });
        assert.equal(count, 1);
        assert.equal(seen!.released, !keeps);
        seen!.release();
        assert.throws(() => subscriber.drain(() => {}), ClosedError);
        publisher.close();
        service.close();
      }
    }),
  );

  it(
    "passes on what the callback throws, with the sample released and the rest still waiting",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      send(publisher, 1n, 2n);
      const failure = new Error("not this one");
      let seen: Sample<U64> | undefined;
      assert.throws(
        () =>
          subscriber.drain((sample) => {
            seen = sample;
            throw failure;
          }),
        failure,
      );
      assert.equal(seen!.released, true);
      assert.equal(subscriber.receive()?.payload, 2n);
    }),
  );

  it(
    "may be interrupted by receive and drain in the callback",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      send(publisher, 1n, 2n, 3n, 4n);
      const order: bigint[] = [];
      subscriber.drain((outer) => {
        order.push(outer.payload);
        if (outer.payload === 1n) {
          using next = subscriber.receive();
          order.push(next!.payload);
          next!.release();
          subscriber.drain((inner) => {
            order.push(inner.payload);
            assert.equal(outer.payload, 1n);
          });
        }
      });
      assert.deepEqual(order, [1n, 2n, 3n, 4n]);
      send(publisher, 5n, 6n);
      const held = [subscriber.receive(), subscriber.receive()];
      assert.deepEqual(
        held.map((sample) => sample?.payload),
        [5n, 6n],
        "nothing is still borrowed",
      );
    }),
  );

  it(
    "goes on when a publisher leaves in the callback",
    inDomain((node) => {
      const { publisher, subscriber } = connect(node);
      send(publisher, 1n, 2n, 3n);
      const values: bigint[] = [];
      subscriber.drain(({ payload }) => {
        values.push(payload);
        publisher.close();
        subscriber.hasSamples();
      });
      subscriber.drain(({ payload }) => values.push(payload));
      assert.deepEqual(values, [1n, 2n, 3n]);
    }),
  );
});
