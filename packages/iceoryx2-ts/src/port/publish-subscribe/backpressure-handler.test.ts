/** How often back-pressure handlers are asked, and for how long their answers count. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import { TimeoutError } from "../../base/general-errors.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { inDomain, inDomainAsync } from "../../testing/in-domain.test-support.ts";
import type { BackpressureAction, BackpressureHandler, BackpressureInfo } from "../common/handlers.ts";
import { SendError } from "../common/port-errors.ts";
import type { Publisher } from "./publisher.ts";
import type { Subscriber } from "./subscriber.ts";

/** Time enough for a waiting send to look more than once. */
const SOME_LOOKS = 100;

interface Setting {
  readonly publisher: Publisher<U64>;
  /** They have no room for another sample. */
  readonly subscribers: readonly [Subscriber<U64>, Subscriber<U64>];
  readonly asked: readonly BackpressureInfo[];
}

/** @param answers by subscriber, to every question. */
function fill(node: Node, answers: readonly [BackpressureAction, BackpressureAction]): Setting {
  const service = node
    .service("a")
    .publishSubscribe(u64)
    .create({ subscriberMaxBufferSize: 1, enableSafeOverflow: false });
  const asked: BackpressureInfo[] = [];
  const backpressureHandler: BackpressureHandler = (info) => {
    asked.push(info);
    return answers[subscribers.findIndex(({ id }) => id === info.receiverPortId)]!;
  };
  const publisher = service.publisher({ backpressureHandler });
  const subscribers = [service.subscriber(), service.subscriber()] as const;
  assert.equal(publisher.sendCopy(1n), 2);
  return { publisher, subscribers, asked };
}

function drain(subscriber: Subscriber<U64>): bigint[] {
  const values: bigint[] = [];
  subscriber.drain(({ payload }) => values.push(payload));
  return values;
}

const isUndeliverable = (error: unknown): boolean =>
  error instanceof SendError && error.code === "UnableToDeliver";

describe("a back-pressure handler", () => {
  it(
    "is asked once per sample and subscriber, unless it wants to try again",
    inDomainAsync(async (node) => {
      const { publisher, subscribers, asked } = fill(node, ["FollowBackpressureStrategy", "Retry"]);
      await assert.rejects(publisher.send(2n, { timeout: SOME_LOOKS }), TimeoutError);
      const retries = subscribers.map(({ id }) =>
        asked.filter(({ receiverPortId }) => receiverPortId === id).map((info) => info.retries),
      );
      assert.deepEqual(retries[0], [0]);
      assert(retries[1]!.length > 1);
      assert.deepEqual([...retries[1]!.keys()], retries[1]);
    }),
  );

  it(
    "is asked anew about the next sample, also when the one before was given up",
    inDomainAsync(async (node) => {
      const { publisher, asked } = fill(node, ["Retry", "Retry"]);
      await assert.rejects(publisher.send(2n, { timeout: SOME_LOOKS }), TimeoutError);
      const before = asked.length;
      await assert.rejects(publisher.send(3n, { timeout: 0 }), TimeoutError);
      assert.deepEqual(
        asked.slice(before, before + 2).map(({ retries, elapsedTime }) => [retries, elapsedTime]),
        [
          [0, 0],
          [0, 0],
        ],
      );
    }),
  );

  it(
    "is not asked by one sample about another one that waits",
    inDomainAsync(async (node) => {
      const { publisher, asked } = fill(node, ["Retry", "DiscardData"]);
      const waiting = publisher.send(2n, { timeout: SOME_LOOKS });
      assert.throws(() => publisher.sendCopy(3n), isUndeliverable);
      await assert.rejects(waiting, TimeoutError);
      assert.deepEqual(
        asked.slice(0, 4).map(({ retries }) => retries),
        [0, 0, 0, 0],
      );
      assert(asked.length > 4);
      assert(asked.slice(4).every(({ retries }) => retries > 0));
    }),
  );

  it(
    "lets no sample fail that reached all in the end",
    inDomainAsync(async (node) => {
      const { publisher, subscribers, asked } = fill(node, ["DiscardDataAndFail", "Retry"]);
      const waiting = publisher.send(2n);
      for (const subscriber of subscribers) assert.deepEqual(drain(subscriber), [1n]);
      assert.equal(await waiting, 2);
      assert.equal(asked.length, 2);
    }),
  );

  it(
    "lets no other sample fail than the one that it was asked about",
    inDomain((node) => {
      const { publisher, subscribers } = fill(node, ["DiscardDataAndFail", "Retry"]);
      assert.throws(() => publisher.sendCopy(2n), isUndeliverable);
      for (const subscriber of subscribers) assert.deepEqual(drain(subscriber), [1n]);
      assert.equal(publisher.sendCopy(3n), 2);
    }),
  );
});
