import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readNumber64, writeNumber64 } from "./number64.ts";

describe("a 64-bit field as a number", () => {
  it("is the BigInt that it would be, up to 2^53", () => {
    const view = new DataView(new ArrayBuffer(24));
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        writeNumber64(view, 8, value);
        assert.equal(view.getBigUint64(8, true), BigInt(value));
        assert.equal(readNumber64(view, 8), value);
      }),
    );
    assert.equal(view.getBigUint64(0, true), 0n, "nothing in front of it is touched");
    assert.equal(view.getBigUint64(16, true), 0n, "nothing behind it is touched");
  });

  it("is above 2^53 whenever the field is", () => {
    const view = new DataView(new ArrayBuffer(8));
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }), (value) => {
        view.setBigUint64(0, value, true);
        assert.equal(readNumber64(view, 0), Number(value));
        assert(!Number.isSafeInteger(readNumber64(view, 0)));
      }),
    );
  });
});
