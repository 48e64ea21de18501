/** What upstream's suite demands of back-pressure handlers. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Node, type PublisherOptions, SendError, type Subscriber, type U64, u64 } from "iceoryx2-ts";
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

/** Sends 1 and 2 to two subscribers with room for one; one of them takes the 1 before the 2 comes. */
function sendTwo(node: Node, enableSafeOverflow: boolean, options: PublisherOptions): Outcome {
  const service = node.service("a").publishSubscribe(u64).create({
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
});
