import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GARBAGE, memoryWith, TestMemory, untyped } from "./memory.test-support.ts";
import { PayloadTypeError, PayloadValueError } from "./payload-errors.ts";
import { staticString } from "./static-string.ts";

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof PayloadValueError && error.code === code && message.test(error.message);
}

describe("a static string", () => {
  it("lies in memory as upstream's: text, terminator, padding, length", () => {
    const layouts = [1, 7, 8, 63, 64].map((capacity) => staticString(capacity));
    assert.deepEqual(
      layouts.map(({ size, alignment }) => [size, alignment]),
      [
        [16, 8],
        [16, 8],
        [24, 8],
        [72, 8],
        [80, 8],
      ],
    );
    const { bytes } = memoryWith(staticString(4), "ab");
    const untouched = GARBAGE;
    assert.deepEqual([...bytes.subarray(0, 5)], [97, 98, 0, untouched, 0]);
    assert.deepEqual([...bytes.subarray(8)], [2, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...memoryWith(staticString(4), "abcd").bytes.subarray(0, 5)], [97, 98, 99, 100, 0]);
  });

  it("reads what was written and leaves its neighbours alone", () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(ascii, fc.nat(9), (text, spare) => {
        const memory = memoryWith(staticString(text.length + spare + 1), text);
        assert.equal(memory.read(), text);
        assert.equal(memory.view, text);
        assert.ok(memory.isAroundIntact);
      }),
    );
  });

  it("is never longer than its capacity, whatever a peer wrote", () => {
    const memory = memoryWith(staticString(8), "abcdefgh");
    const length = new DataView(memory.bytes.buffer, memory.bytes.byteOffset + 16, 8);
    for (const claimed of [9n, 2n ** 32n, 2n ** 32n + 3n, 2n ** 63n, 2n ** 64n - 1n]) {
      length.setBigUint64(0, claimed, true);
      assert.equal(memory.readonlyView, "abcdefgh");
    }
  });

  it("reads bytes that are no ASCII as one character each", () => {
    const memory = memoryWith(staticString(3), "abc");
    memory.bytes.set([0xff, 0x80, 0x00]);
    assert.equal(memory.read(), "\u00ff\u0080\u0000");
  });

  it("refuses what upstream cannot hold, before anything is written", () => {
    const memory = memoryWith(staticString(4), "good");
    const refused: [value: unknown, code: string, message: RegExp][] = [
      ["abcde", "TooLong", /"abcde" has 5 characters, but there is room for 4/],
      ["a\u0000", "InvalidContent", /"a\\u0000" has a character of code 0 at position 1\./],
      ["gr\u00fc", "InvalidContent", /code 252 at position 2\./],
      ["\u{1f600}", "InvalidContent", /position 0/],
      [5, "WrongType", /the number 5 is no string/],
      [undefined, "WrongType", /undefined is no string/],
    ];
    for (const [value, code, message] of refused) {
      assert.throws(() => memory.write(untyped(value)), refusal(code, message));
      assert.equal(memory.read(), "good");
    }
    const long = "x".repeat(1000);
    assert.throws(() => memory.write(long), refusal("TooLong", /"x{40}\.\.\."/));
  });

  it("has a capacity from 1 on", () => {
    for (const capacity of [0, -1, 1.5, Number.NaN, untyped<number>("5")]) {
      assert.throws(
        () => staticString(capacity),
        (error) => error instanceof PayloadTypeError && error.code === "InvalidLength",
      );
    }
    assert.throws(
      () => staticString(2 ** 41),
      (error) => error instanceof PayloadTypeError && error.code === "TooLarge",
    );
    assert.equal(new TestMemory(staticString(1)).size, 16);
  });
});
