/** The check of the kill harness finds what it is there for. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Arrivals, readMessage, writeMessage } from "./arrivals.ts";
import { planEpisode, type ServicePlan } from "./plan.ts";

const LIFE = 7;
const BUFFER = 2;

function service(enableSafeOverflow: boolean): ServicePlan {
  return {
    ...planEpisode(1, 1, ["TypeScript"]).service,
    enableSafeOverflow,
    subscriberMaxBufferSize: BUFFER,
  };
}

function message(index: number, life = LIFE): BigUint64Array {
  const words = new BigUint64Array(3);
  writeMessage(words, life, index);
  return words;
}

function receive({ overflow = false }, ...indices: readonly number[]): Arrivals {
  const arrivals = new Arrivals(service(overflow), () => {});
  for (const index of indices) arrivals.add(message(index));
  return arrivals;
}

const sent = (count: number): ReadonlyMap<number, number> => new Map([[LIFE, count]]);

describe("a message", () => {
  test("tells its life and its index", () => {
    const [life, index] = [2 ** 21 - 1, 2 ** 32 - 1];
    assert.deepEqual(readMessage(message(index, life)), { life, index });
  });

  test("that is mixed of two is found", () => {
    const words = message(5);
    words[2] = message(4)[2]!;
    assert.throws(() => readMessage(words), /torn/);
  });
});

describe("arrivals", () => {
  test("report each life once", () => {
    const heard: number[] = [];
    const arrivals = new Arrivals(service(false), (life) => heard.push(life));
    for (const words of [message(0, 1), message(0, 2), message(1, 1)]) arrivals.add(words);
    assert.deepEqual(heard, [1, 2]);
    assert.deepEqual(arrivals.lives, [1, 2]);
  });

  test("begin anywhere and go on without a gap", () => {
    receive({}, 5, 6, 7, 8).demandAll(sent(9));
  });

  test("have a gap at most after the first full buffer where nothing may be lost", () => {
    receive({}, 5, 6, 9, 10).demandAll(sent(11));
    assert.throws(() => receive({}, 5, 7), /lost: 7 after 5/);
    assert.throws(() => receive({}, 5, 6, 7, 9), /lost: 9 after 7/);
  });

  test("may have gaps with overflow, but come in order", () => {
    receive({ overflow: true }, 5, 7, 11, 12).demandAll(sent(13));
    assert.throws(() => receive({ overflow: true }, 5, 7, 6), /twice or late: 6 after 7/);
  });

  test("do not come twice", () => {
    for (const overflow of [true, false]) assert.throws(() => receive({ overflow }, 5, 5), /twice or late/);
  });

  test("are complete with the last one that was sent", () => {
    for (const overflow of [true, false]) {
      const arrivals = receive({ overflow }, 0, 1, 2);
      assert.ok(arrivals.hasAll(sent(3)));
      assert.ok(!arrivals.hasAll(sent(4)));
      assert.throws(
        () => arrivals.demandAll(sent(4)),
        /life 7 sent 4 messages, but the last that came was 2/,
      );
    }
  });

  test("end with the first full buffer if the publisher passed by since", () => {
    receive({}, 0, 1).demandAll(sent(4));
    assert.throws(() => receive({ overflow: true }, 0, 1).demandAll(sent(4)), /lost/);
  });
});
