/** Slices that outgrow what was planned for them, with a real peer. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { type AllocationStrategy, slice, u8, u64 } from "iceoryx2-ts";
import { testBothDirections } from "./domain.ts";
import { payloadsOf } from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

/** Bytes that tell where they come from. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
}

const STRATEGIES: readonly AllocationStrategy[] = ["BestFit", "PowerOfTwo"];

describe("growing slices", { skip: skipWithoutPython }, () => {
  for (const allocationStrategy of STRATEGIES) {
    testBothDirections(`up to megabytes, ${allocationStrategy}`, async (from, to) => {
      const sending = await from.service("create", slice(u8), { qos: { subscriberMaxBorrowedSamples: 4 } });
      const receiving = await to.service("open", slice(u8));
      const publisher = await sending.publisher({ initialMaxSliceLen: 1, allocationStrategy });
      const subscriber = await receiving.subscriber();
      for (const length of [1, 2, 100, 5000, 5000, 65_537, 3, 1_000_000, 4_000_000, 0]) {
        assert.deepEqual(await publisher.send([pattern(length)]), [1]);
        assert.deepEqual(payloadsOf(await subscriber.receive()), [pattern(length)], `${length} bytes`);
      }
    });

    testBothDirections(`while older samples are held, ${allocationStrategy}`, async (from, to) => {
      const qos = { subscriberMaxBorrowedSamples: 4, subscriberMaxBufferSize: 4 };
      const sending = await from.service("create", slice(u64), { qos, payloadAlignment: 64 });
      const receiving = await to.service("open", slice(u64), { payloadAlignment: 64 });
      const publisher = await sending.publisher({ initialMaxSliceLen: 1, allocationStrategy });
      const subscriber = await receiving.subscriber();
      const values = (length: number): bigint[] => Array.from({ length }, (_, i) => BigInt(i * length));
      const lengths = [1, 10, 100, 1000];
      const held = [];
      for (const length of lengths) {
        await publisher.send([values(length)]);
        held.push((await subscriber.hold())!);
      }
      // Nothing overwrites what is held.
      for (let i = 0; i < 50; i++) {
        await publisher.send([values(2000)]);
        if (i % 3 === 0) await publisher.send([values(5)]);
      }
      for (const [i, sample] of held.entries()) {
        assert.deepEqual(await sample.payload(), values(lengths[i]!));
        await sample.release();
      }
      assert.deepEqual((await subscriber.receive()).length, 4);
    });

    testBothDirections(
      `for a late subscriber that gets old ones, ${allocationStrategy}`,
      async (from, to) => {
        const qos = { historySize: 3, subscriberMaxBufferSize: 4 };
        const sending = await from.service("create", slice(u8), { qos });
        const receiving = await to.service("open", slice(u8));
        const publisher = await sending.publisher({ initialMaxSliceLen: 2, allocationStrategy });
        const lengths = [2, 50, 3000, 4];
        await publisher.send(lengths.map(pattern));
        const subscriber = await receiving.subscriber();
        await publisher.updateConnections();
        const expected = lengths.slice(1).map(pattern);
        assert.deepEqual(payloadsOf(await subscriber.receive(3)), expected);
      },
    );

    testBothDirections(`until the sender leaves, ${allocationStrategy}`, async (from, to) => {
      const sending = await from.service("create", slice(u8));
      const receiving = await to.service("open", slice(u8));
      const publisher = await sending.publisher({ initialMaxSliceLen: 1, allocationStrategy });
      const subscriber = await receiving.subscriber();
      await publisher.send([pattern(1), pattern(2000)]);
      await publisher.close();
      // The memory of the second one may be gone before it was ever mapped; that must be no error.
      const received = payloadsOf(await subscriber.receive(2));
      for (const payload of received) assert.ok([1, 2000].includes((payload as Uint8Array).length));
    });
  }
});
