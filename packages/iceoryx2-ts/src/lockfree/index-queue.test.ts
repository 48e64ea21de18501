import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { IndexQueueConsumer, IndexQueueProducer } from "./index-queue.ts";
import { explore } from "./interleavings.test-support.ts";
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

describe("IndexQueue", () => {
  it("gives back what was pushed, in order, up to its capacity", () => {
    const place = newQueuePlace(3);
    const producer = new IndexQueueProducer(place);
    const consumer = new IndexQueueConsumer(place);
    assert.equal(consumer.pop(), EMPTY);
    assert.deepEqual(
      [1, 2 ** 40 + 5, 0, 4].map((item) => producer.push(item)),
      [true, true, true, false],
    );
    assert.deepEqual([consumer.pop(), consumer.pop(), consumer.pop()], [1, 2 ** 40 + 5, 0]);
    assert.equal(consumer.pop(), EMPTY);
    assert.deepEqual(positionsOf(place), { read: 3n, write: 3n });
  });

  it("behaves as an array, wherever its positions are and whenever an end is attached anew", () => {
    const command = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("push" as const), value: anyValue }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("pop" as const) }) },
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
          let producer = new IndexQueueProducer(place);
          let consumer = new IndexQueueConsumer(place);
          const model: number[] = [];
          let pushed = start;
          for (const command of commands) {
            if (command.kind === "push") {
              const isAccepted = producer.push(command.value);
              assert.equal(isAccepted, model.length < capacity);
              if (!isAccepted) continue;
              model.push(command.value);
              pushed++;
            } else if (command.kind === "pop") assert.equal(consumer.pop(), model.shift() ?? EMPTY);
            else if (command.kind === "newProducer") producer = new IndexQueueProducer(place);
            else consumer = new IndexQueueConsumer(place);
            assert.deepEqual(positionsOf(place), { read: pushed - BigInt(model.length), write: pushed });
          }
          assert.ok(isGuardIntact(place));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is corrupted where more waits than fits, and leaves everything as it is", () => {
    for (const [read, write] of [
      [0n, 4n],
      [1n, 0n],
      [5n, 5n + 2n ** 31n],
      [2n ** 32n - 1n, 2n ** 33n + 3n],
    ] as const) {
      const place = newQueuePlace(3);
      setPositions(place, read, write);
      const consumer = new IndexQueueConsumer(place);
      assert.equal(consumer.pop(), CORRUPTED);
      assert.equal(new IndexQueueProducer(place).push(1), false);
      assert.deepEqual(positionsOf(place), { read, write });
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
          const producer = new IndexQueueProducer(place);
          const consumer = new IndexQueueConsumer(place);
          for (const [read, write] of moves) {
            setPositions(place, read, write);
            producer.push(1);
            consumer.pop();
            new IndexQueueProducer(place).push(2);
            new IndexQueueConsumer(place).pop();
          }
          assert.ok(isGuardIntact(place));
        },
      ),
    );
  });

  for (const { capacity, start } of [
    { capacity: 1, start: 0n },
    { capacity: 2, start: 1n },
    { capacity: 2, start: 2n ** 32n - 2n },
  ]) {
    it(`loses nothing in any order of steps, with capacity ${capacity} from ${start} on`, () => {
      const values = [11, 22 + 2 ** 33, 33];
      let numberOfEnds = 0;
      explore({
        size: queueSize(capacity),
        prepare: (region) => setPositions(queuePlaceIn(region, capacity), start, start),
        actors: [
          (region) => {
            const producer = new IndexQueueProducer(queuePlaceIn(region, capacity));
            return values.filter((item) => producer.push(item));
          },
          (region) => {
            const consumer = new IndexQueueConsumer(queuePlaceIn(region, capacity));
            return values.map(() => consumer.pop()).filter((item) => item !== EMPTY);
          },
        ],
        check({ region, results, finished }) {
          if (finished.includes(false)) return;
          numberOfEnds++;
          const consumer = new IndexQueueConsumer(queuePlaceIn(region, capacity));
          const popped = [...(results[1] as number[])];
          for (let item = consumer.pop(); item !== EMPTY; item = consumer.pop()) popped.push(item);
          assert.deepEqual(popped, results[0]);
        },
      });
      assert.ok(numberOfEnds > 1, `${numberOfEnds}`);
    });
  }
});
