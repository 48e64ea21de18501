/** What upstream's suite demands of back-pressure handlers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type BackpressureAction,
  type BackpressureInfo,
  type Node,
  type Publisher,
  type PublisherOptions,
  SendError,
  type Subscriber,
  type U64,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

interface Outcome {
  /** How many got the second sample, or that it could not be delivered. */
  readonly second: number | "UnableToDeliver";
  /** What waits for the subscriber whose buffer was full. */
  readonly full: readonly bigint[];
  /** What waits for the other one. */
  readonly empty: readonly bigint[];
}

function drain(subscriber: Subscriber<U64>): bigint[] {
  const values: bigint[] = [];
  subscriber.drain(({ payload }) => values.push(payload));
  return values;
}

interface Trio {
  readonly publisher: Publisher<U64>;
  readonly full: Subscriber<U64>;
  readonly empty: Subscriber<U64>;
}

/** A publisher whose next sample finds room with one of two subscribers; the other one has got a 1. */
function meetFull(node: Node, enableSafeOverflow: boolean, options: PublisherOptions): Trio {
  const service = node.service("a").publishSubscribe(u64).openOrCreate({
    maxPublishers: 1,
    maxSubscribers: 2,
    historySize: 0,
    enableSafeOverflow,
    subscriberMaxBufferSize: 1,
    subscriberMaxBorrowedSamples: 2,
  });
  const publisher = service.publisher({ maxLoanedSamples: 1, ...options });
  const full = service.subscriber();
  const empty = service.subscriber();
  assert.equal(publisher.sendCopy(1n), 2);
  assert.deepEqual(drain(empty), [1n]);
  return { publisher, full, empty };
}

function sendTwo(node: Node, enableSafeOverflow: boolean, options: PublisherOptions): Outcome {
  const { publisher, full, empty } = meetFull(node, enableSafeOverflow, options);
  let second: Outcome["second"];
  try {
    second = publisher.sendCopy(2n);
  } catch (error) {
    assert(error instanceof SendError && error.code === "UnableToDeliver");
    second = error.code;
  }
  return { second, full: drain(full), empty: drain(empty) };
}

describe("a back-pressure handler", () => {
  test(
    "is not asked with safe overflow",
    inDomain((node) => {
      const backpressureHandler = (): never => assert.fail("there is no back-pressure");
      assert.deepEqual(sendTwo(node, true, { backpressureHandler }), { second: 2, full: [2n], empty: [2n] });
    }),
  );

  for (const [action, backpressureStrategy, second] of [
    ["DiscardData", "RetryUntilDelivered", 1],
    ["DiscardDataAndFail", "RetryUntilDelivered", "UnableToDeliver"],
    ["FollowBackpressureStrategy", "DiscardData", 1],
  ] as const) {
    test(
      `decides about who has no room: ${action}`,
      inDomain((node) => {
        let calls = 0;
        const backpressureHandler = (): typeof action => {
          calls++;
          return action;
        };
        assert.deepEqual(sendTwo(node, false, { backpressureStrategy, backpressureHandler }), {
          second,
          full: [1n],
          empty: [2n],
        });
        assert.equal(calls, 1);
      }),
    );
  }

  test(
    "may let a send that waits try again, as often and as long as it likes",
    inDomain(async (node) => {
      const enough: readonly ((info: BackpressureInfo) => boolean)[] = [
        ({ retries }) => retries === 2,
        ({ elapsedTime }) => elapsedTime > 25,
      ];
      for (const isEnough of enough) {
        const asked: BackpressureInfo[] = [];
        const backpressureHandler = (info: BackpressureInfo): BackpressureAction => {
          asked.push(info);
          return isEnough(info) ? "DiscardData" : "Retry";
        };
        const { publisher, full, empty } = meetFull(node, false, { backpressureHandler });
        assert.equal(await publisher.send(2n), 1);
        assert.deepEqual([drain(full), drain(empty)], [[1n], [2n]]);
        assert.deepEqual(
          asked.map(({ retries }) => retries),
          asked.map((_, index) => index),
        );
        assert(isEnough(asked.at(-1)!));
        for (const { senderPortId, receiverPortId } of asked) {
          assert.deepEqual([senderPortId, receiverPortId], [publisher.id, full.id]);
        }
        for (const port of [publisher, full, empty]) port.close();
      }
    }),
  );

  test(
    "may leave it to a strategy that waits",
    inDomain(async (node) => {
      let calls = 0;
      const backpressureHandler = (): BackpressureAction => {
        calls++;
        return "FollowBackpressureStrategy";
      };
      const { publisher, full, empty } = meetFull(node, false, { backpressureHandler });
      const sent = publisher.send(2n);
      // Time enough to look more than once.
      await node.wait(50);
      assert.deepEqual(drain(empty), []);
      assert.deepEqual(drain(full), [1n]);
      assert.equal(await sent, 2);
      assert.deepEqual([drain(full), drain(empty)], [[2n], [2n]]);
      assert.equal(calls, 1);
    }),
  );
});
