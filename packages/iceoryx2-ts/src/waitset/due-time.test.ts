import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DueTime } from "./due-time.ts";

describe("a due time", () => {
  it("comes with every period, in phase", () => {
    const due = new DueTime(10, 100);
    assert.deepEqual([due.isDue(100), due.isDue(109), due.timeLeft(103)], [false, false, 7]);
    assert.deepEqual([due.isDue(110), due.timeLeft(110)], [true, 0]);
    due.report(113);
    assert.deepEqual([due.isDue(119), due.timeLeft(113), due.isDue(120)], [false, 7, true]);
  });

  it("counts several periods that were missed once", () => {
    const due = new DueTime(10, 0);
    assert.equal(due.isDue(57), true);
    due.report(57);
    assert.deepEqual([due.isDue(59), due.isDue(60)], [false, true]);
  });

  it("stays due until it is reported", () => {
    const due = new DueTime(10, 0);
    for (const now of [10, 15, 25]) assert.equal(due.isDue(now), true);
    due.report(25);
    assert.equal(due.timeLeft(25), 5);
  });

  it("begins anew when it is restarted", () => {
    const due = new DueTime(10, 0);
    due.report(35);
    due.restart(37);
    assert.deepEqual([due.isDue(46), due.timeLeft(46), due.isDue(47)], [false, 1, true]);
  });

  it("is always due without a period and never with an endless one", () => {
    const always = new DueTime(0, 5);
    const never = new DueTime(Number.POSITIVE_INFINITY, 5);
    for (const now of [5, 6, 1e15]) {
      always.report(now);
      assert.deepEqual([always.isDue(now), always.timeLeft(now)], [true, 0]);
      assert.deepEqual([never.isDue(now), never.timeLeft(now)], [false, Number.POSITIVE_INFINITY]);
    }
  });

  it("is due exactly when upstream's queue of deadlines says so", () => {
    const step = fc.record({ wait: fc.nat(40), what: fc.constantFrom("look", "restart") });
    const property = fc.property(fc.nat(12), fc.array(step), (period, steps) => {
      let now = 1000;
      const due = new DueTime(period, now);
      // Upstream's: all that counts is when it began and when somebody looked last.
      let [start, last] = [now, now];
      for (const { wait, what } of steps) {
        now += wait;
        if (what === "restart") {
          due.restart(now);
          start = now;
          continue;
        }
        const passed = (time: number): number => Math.floor((time - start) / period);
        const expected = period === 0 || passed(Math.max(last, start)) < passed(now);
        assert.equal(due.isDue(now), expected);
        assert.equal(due.timeLeft(now) === 0, expected);
        if (!expected) assert.equal(due.isDue(now + due.timeLeft(now) - 1), false);
        assert.equal(due.isDue(now + due.timeLeft(now)), true);
        if (expected) due.report(now);
        last = now;
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
