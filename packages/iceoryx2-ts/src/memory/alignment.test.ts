import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { alignUp } from "./alignment.ts";

describe("alignUp", () => {
  it("gives the smallest multiple that is not below the value", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 45 }),
        fc.nat({ max: 12 }).map((bits) => 2 ** bits),
        (value, alignment) => {
          const aligned = alignUp(value, alignment);
          assert.equal(aligned % alignment, 0);
          assert.ok(aligned >= value && aligned - value < alignment, `${aligned}`);
        },
      ),
    );
  });
});
