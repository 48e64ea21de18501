import assert from "node:assert/strict";
import { once } from "node:events";
import { after, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { SharedMemory, sharedMemoryLeft } from "../memory/shared-memory.test-support.ts";
import { explore } from "./interleavings.test-support.ts";
import { OverflowingIndexQueueConsumer, OverflowingIndexQueueProducer } from "./overflowing-index-queue.ts";
import { PUSHES, pushOf, type Report, startPushingProcess } from "./pushing-process.test-support.ts";
import {
  anyPosition,
  anyValue,
  isGuardIntact,
  newQueuePlace,
  positionsOf,
  queuePlaceIn,
  queueSize,
  setPositions,
} from "./queue-place.test-support.ts";
import { CORRUPTED, EMPTY } from "./queue-place.ts";

function popAll(consumer: OverflowingIndexQueueConsumer): number[] {
  const popped: number[] = [];
  for (let value = consumer.pop(); value !== EMPTY; value = consumer.pop()) popped.push(value);
  return popped;
}

describe("OverflowingIndexQueue", () => {
  after(() => assert.deepEqual(sharedMemoryLeft(), []));

  it("gives back the oldest value to make room for a new one", () => {
    const place = newQueuePlace(2);
    const producer = new OverflowingIndexQueueProducer(place);
    const consumer = new OverflowingIndexQueueConsumer(place);
    assert.ok(consumer.isEmpty);
    assert.equal(consumer.pop(), EMPTY);
    assert.deepEqual(
      [1, 2 ** 40 + 5, 0, 4].map((value) => producer.push(value)),
      [EMPTY, EMPTY, 1, 2 ** 40 + 5],
    );
    assert.ok(producer.isFull);
    assert.ok(!consumer.isEmpty);
    assert.deepEqual(popAll(consumer), [0, 4]);
    assert.deepEqual(positionsOf(place), { read: 4n, write: 4n });
  });

  it("behaves as an array, wherever its positions are and whenever an end is attached anew", () => {
    const command = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant("push" as const), value: anyValue }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("pop" as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constantFrom("newProducer" as const, "newConsumer" as const) }),
      },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        anyPosition,
        fc.array(command),
        (capacity, start, commands) => {
          const place = newQueuePlace(capacity, start);
          let producer = new OverflowingIndexQueueProducer(place);
          let consumer = new OverflowingIndexQueueConsumer(place);
          const model: number[] = [];
          let pushed = start;
          for (const command of commands) {
            if (command.kind === "push") {
              const evicted = producer.push(command.value);
              assert.equal(evicted, model.length === capacity ? model.shift() : EMPTY);
              model.push(command.value);
              pushed++;
            } else if (command.kind === "pop") assert.equal(consumer.pop(), model.shift() ?? EMPTY);
            else if (command.kind === "newProducer") producer = new OverflowingIndexQueueProducer(place);
            else consumer = new OverflowingIndexQueueConsumer(place);
            assert.deepEqual(positionsOf(place), { read: pushed - BigInt(model.length), write: pushed });
            assert.deepEqual(
              [producer.isFull, consumer.isEmpty],
              [model.length === capacity, model.length === 0],
            );
          }
          assert.ok(isGuardIntact(place));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is corrupted where more waits than fits, and leaves everything as it is", () => {
    for (const [read, write] of [
      [0n, 5n],
      [1n, 0n],
      [5n, 5n + 2n ** 31n],
      [2n ** 32n - 1n, 2n ** 33n + 4n],
    ] as const) {
      const place = newQueuePlace(3);
      setPositions(place, read, write);
      const producer = new OverflowingIndexQueueProducer(place);
      assert.equal(new OverflowingIndexQueueConsumer(place).pop(), CORRUPTED);
      assert.ok(!producer.isFull);
      assert.equal(producer.push(1), CORRUPTED);
      assert.deepEqual(positionsOf(place), { read, write });
    }
  });

  it("may hold one value more while its producer is about to evict", () => {
    const place = newQueuePlace(3);
    setPositions(place, 1n, 5n);
    place.region.longs.set([4n, 1n, 2n, 3n], 2);
    assert.deepEqual(popAll(new OverflowingIndexQueueConsumer(place)), [1, 2, 3, 4]);
  });

  it("finds its slot again when more was evicted since the last pop than the lower half counts", () => {
    for (const missed of [2n ** 32n, 2n ** 32n + 1n, 5n * 2n ** 32n - 1n]) {
      const place = newQueuePlace(2);
      const consumer = new OverflowingIndexQueueConsumer(place);
      setPositions(place, missed, missed);
      new OverflowingIndexQueueProducer(place).push(7);
      assert.equal(consumer.pop(), 7);
    }
  });

  it("stays within itself, whatever a peer writes into its positions", () => {
    const position = fc.bigInt(0n, 2n ** 64n - 1n);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.tuple(position, position)),
        (capacity, moves) => {
          const place = newQueuePlace(capacity);
          const producer = new OverflowingIndexQueueProducer(place);
          const consumer = new OverflowingIndexQueueConsumer(place);
          for (const [read, write] of moves) {
            setPositions(place, read, write);
            producer.push(1);
            consumer.pop();
            new OverflowingIndexQueueProducer(place).push(2);
            new OverflowingIndexQueueConsumer(place).pop();
          }
          assert.ok(isGuardIntact(place));
        },
      ),
    );
  });

  for (const { capacity, start, pushes } of [
    { capacity: 1, start: 0n, pushes: 3 },
    { capacity: 2, start: 1n, pushes: 4 },
    { capacity: 1, start: 2n ** 32n - 2n, pushes: 3 },
    { capacity: 2, start: 2n ** 32n - 3n, pushes: 4 },
  ]) {
    it(`loses and doubles nothing in any order of steps, with capacity ${capacity} from ${start} on`, () => {
      const values = Array.from({ length: pushes }, (_, i) => 11 * (i + 1) * (2 ** 32 + 1));
      const splits = new Set<string>();
      explore({
        size: queueSize(capacity + 1),
        prepare: (region) => setPositions(queuePlaceIn(region, capacity), start, start),
        actors: [
          (region) => {
            const producer = new OverflowingIndexQueueProducer(queuePlaceIn(region, capacity));
            return values.map((value) => producer.push(value)).filter((value) => value !== EMPTY);
          },
          (region) => {
            const consumer = new OverflowingIndexQueueConsumer(queuePlaceIn(region, capacity));
            return [consumer.pop(), consumer.pop()].filter((value) => value !== EMPTY);
          },
        ],
        check({ region, results, finished }) {
          const place = queuePlaceIn(region, capacity);
          const { read, write } = positionsOf(place);
          assert.ok(read <= write && write <= read + BigInt(capacity) + 1n, `${read} ${write}`);
          if (finished.includes(false)) return;
          const [evicted, popped] = results as [number[], number[]];
          const left = popAll(new OverflowingIndexQueueConsumer(place));
          splits.add(`${evicted.length} evicted, ${popped.length} popped, ${left.length} left`);
          const ascending = (items: readonly number[]): number[] => [...items].sort((a, b) => a - b);
          assert.deepEqual(evicted, ascending(evicted));
          assert.deepEqual([...popped, ...left], ascending([...popped, ...left]));
          assert.deepEqual(ascending([...evicted, ...popped, ...left]), values);
        },
      });
      // Without a race there would be one outcome.
      assert.ok(splits.size > 2, [...splits].join("; "));
    });
  }

  it("loses and doubles nothing between processes", async () => {
    const capacity = 3;
    using memory = SharedMemory.create(queueSize(capacity + 1));
    const child = await startPushingProcess(memory, capacity);
    // It wraps in the middle.
    const start = 2n ** 32n - BigInt(PUSHES) / 2n;
    const place = queuePlaceIn(memory.region, capacity);
    setPositions(place, start, start);
    const consumer = new OverflowingIndexQueueConsumer(place);
    const isOver = (): boolean => positionsOf(place).write === start + BigInt(PUSHES);
    child.send("go");
    const message = once(child, "message");
    let popped = 0;
    let sumOfPopped = 0;
    let last = 0;
    // Nothing is pushed after the last value, so it is never evicted.
    while (last < PUSHES) {
      const value = consumer.pop();
      if (value === EMPTY) {
        if (isOver() && consumer.isEmpty) break;
        await setImmediate();
        assert.ok(child.exitCode === null || isOver(), "the pushing process failed");
        continue;
      }
      const push = pushOf(value);
      assert.ok(push > last, `${value} after push ${last}`);
      popped++;
      sumOfPopped += push;
      last = push;
    }
    const [report] = (await message) as [Report];
    assert.deepEqual(report.wrong, []);
    assert.equal(popped + report.evicted, PUSHES);
    assert.equal(sumOfPopped + report.sumOfEvicted, (PUSHES * (PUSHES + 1)) / 2);
    assert.equal(last, PUSHES);
    assert.ok(popped > 0);
  });
});
