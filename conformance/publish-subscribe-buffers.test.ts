/** Full buffers, limits and history. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { u64 } from "iceoryx2-ts";
import { testBothDirections, withDomain } from "./domain.ts";
import { payloadsOf, type ReceivedMessage } from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

const numbers = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i));
const withoutOverflow = { enableSafeOverflow: false, subscriberMaxBufferSize: 2 };

describe("a buffer of two", { skip: skipWithoutPython }, () => {
  testBothDirections("loses the oldest with overflow", async (from, to) => {
    const qos = { enableSafeOverflow: true, subscriberMaxBufferSize: 2 };
    const publisher = await (await from.service("create", u64, { qos })).publisher();
    const subscriber = await (await to.service("open", u64, { qos })).subscriber();
    assert.deepEqual(await publisher.send(numbers(5)), [1, 1, 1, 1, 1]);
    assert.deepEqual(payloadsOf(await subscriber.receive()), [3n, 4n]);
  });

  testBothDirections("loses the newest with DiscardData", async (from, to) => {
    const sending = await from.service("create", u64, { qos: withoutOverflow });
    const publisher = await sending.publisher({ backpressureStrategy: "DiscardData" });
    const subscriber = await (await to.service("open", u64)).subscriber();
    assert.deepEqual(await publisher.send(numbers(4)), [1, 1, 0, 0]);
    assert.deepEqual(payloadsOf(await subscriber.receive()), [0n, 1n]);
  });

  testBothDirections("is no condition while its subscriber is not connected", async (from, to) => {
    const sending = await from.service("create", u64, { qos: withoutOverflow });
    const subscriber = await (await to.service("open", u64)).subscriber();
    const publisher = await sending.publisher({ backpressureStrategy: "RetryUntilDelivered" });
    assert.deepEqual(await publisher.send(numbers(4)), [1, 1, 0, 0]);
    assert.deepEqual(payloadsOf(await subscriber.receive()), [0n, 1n]);
  });

  test("makes a sender of ours fail before anybody got the sample", () =>
    withDomain(async (join) => {
      const [ours, theirs] = [await join("TypeScript"), await join("Python")];
      const publisher = await (await ours.service("create", u64, { qos: withoutOverflow })).publisher();
      const service = await theirs.service("open", u64);
      const full = await service.subscriber();
      const read = await service.subscriber();
      assert.deepEqual(await publisher.send(numbers(2)), [2, 2]);
      assert.deepEqual(payloadsOf(await read.receive()), [0n, 1n]);
      await assert.rejects(publisher.send([2n]), { name: "SendError", code: "UnableToDeliver" });
      assert.equal(await read.hasSamples(), false);
      assert.deepEqual(payloadsOf(await full.receive(1)), [0n]);
      assert.deepEqual(await publisher.send([3n]), [2]);
      assert.deepEqual(payloadsOf(await full.receive()), [1n, 3n]);
      assert.deepEqual(payloadsOf(await read.receive()), [3n]);
    }));

  test("makes a sender of theirs wait until we received", () =>
    withDomain(async (join) => {
      const [theirs, ours] = [await join("Python"), await join("TypeScript")];
      const publisher = await (await theirs.service("create", u64, { qos: withoutOverflow })).publisher();
      const subscriber = await (await ours.service("open", u64)).subscriber();
      const sent = publisher.send(numbers(20));
      const received: ReceivedMessage[] = [];
      while (received.length < 20) {
        received.push(...(await subscriber.receive()));
        await turn();
      }
      assert.deepEqual(payloadsOf(received), numbers(20));
      assert.deepEqual(await sent, new Array(20).fill(1));
    }));
});

describe("limits", { skip: skipWithoutPython }, () => {
  testBothDirections("how many samples of a publisher can be held", async (from, to) => {
    const qos = { subscriberMaxBorrowedSamples: 2, subscriberMaxBufferSize: 4 };
    const sending = await from.service("create", u64, { qos });
    const publisher = await sending.publisher();
    const subscriber = await (await to.service("open", u64)).subscriber();
    await publisher.send(numbers(4));
    const first = await subscriber.hold();
    const second = await subscriber.hold();
    assert.deepEqual([await first?.payload(), await second?.payload()], [0n, 1n]);
    await assert.rejects(subscriber.hold(), { name: "ReceiveError", code: "ExceedsMaxBorrows" });

    const other = await sending.publisher();
    await other.send([10n, 11n, 12n]);
    const held = [await subscriber.hold(), await subscriber.hold()];
    assert.deepEqual(await Promise.all(held.map((sample) => sample?.payload())), [10n, 11n]);
    await assert.rejects(subscriber.hold(), { name: "ReceiveError", code: "ExceedsMaxBorrows" });

    await second?.release();
    assert.deepEqual(await (await subscriber.hold())?.payload(), 2n);
    assert.equal(await first?.payload(), 0n);
  });

  testBothDirections("how many samples can be on loan", async (from, to) => {
    await to.service("create", u64);
    const publisher = await (await from.service("open", u64)).publisher({ maxLoanedSamples: 2 });
    const loans = [await publisher.loan(), await publisher.loan()];
    await assert.rejects(publisher.loan(), { name: "LoanError", code: "ExceedsMaxLoans" });
    await loans.pop()?.release();
    loans.push(await publisher.loan());
    for (const loan of loans) await loan.release();
  });
});

describe("history", { skip: skipWithoutPython }, () => {
  const qos = { historySize: 3, subscriberMaxBufferSize: 4 };
  const cases: readonly (readonly [name: string, options: object, expected: readonly bigint[]])[] = [
    ["all that is kept", {}, [2n, 3n, 4n]],
    ["what fits into a small buffer", { bufferSize: 2 }, [3n, 4n]],
    ["as much as it asked for", { historyRequest: 1 }, [4n]],
    ["none if it wants none", { historyRequest: 0 }, []],
  ];
  for (const [name, options, expected] of cases) {
    testBothDirections(`gives a late subscriber ${name}`, async (from, to) => {
      const publisher = await (await from.service("create", u64, { qos })).publisher();
      await publisher.send(numbers(5));
      const subscriber = await (await to.service("open", u64)).subscriber(options);
      assert.deepEqual(await subscriber.receive(), []);
      await publisher.updateConnections();
      assert.deepEqual(payloadsOf(await subscriber.receive()), expected);
      await publisher.send([5n]);
      assert.deepEqual(payloadsOf(await subscriber.receive()), [5n]);
    });
  }
});
