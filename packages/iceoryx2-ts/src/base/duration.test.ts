import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isDuration, joinDuration, MAX_DURATION, splitDuration } from "./duration.ts";

const DAYS_99_IN_NANOSECONDS = 99n * 24n * 3600n * 1_000_000_000n;

describe("durations", () => {
  it("split into seconds and nanoseconds", () => {
    assert.deepEqual(splitDuration(0), { seconds: 0n, nanoseconds: 0n });
    assert.deepEqual(splitDuration(1250), { seconds: 1n, nanoseconds: 250_000_000n });
    assert.deepEqual(splitDuration(0.000_001), { seconds: 0n, nanoseconds: 1n });
    assert.equal(splitDuration(MAX_DURATION).seconds, BigInt(MAX_DURATION) / 1000n);
  });

  it("lose no nanosecond within 99 days", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: DAYS_99_IN_NANOSECONDS }), (total) => {
        const parts = { seconds: total / 1_000_000_000n, nanoseconds: total % 1_000_000_000n };
        assert.deepEqual(splitDuration(joinDuration(parts)), parts);
      }),
    );
  });

  it("compare equal after a round trip when they were written with whole nanoseconds", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(999_999), (milliseconds, nanoseconds) => {
        const written = Number(`${milliseconds}.${String(nanoseconds).padStart(6, "0")}`);
        assert.equal(joinDuration(splitDuration(written)), written);
      }),
    );
  });

  it("carry nanoseconds and end at the longest duration", () => {
    assert.equal(joinDuration({ seconds: 1n, nanoseconds: 2_500_000_000n }), 3500);
    assert.equal(joinDuration({ seconds: 2n ** 64n - 1n, nanoseconds: 999_999_999n }), MAX_DURATION);
  });

  it("are numbers from 0 to the longest one", () => {
    for (const value of [0, 0.5, MAX_DURATION]) assert.ok(isDuration(value));
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, MAX_DURATION + 2, "5", 5n, null]) {
      assert.ok(!isDuration(value));
    }
  });
});
