import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { codecOf } from "./codec.ts";
import { memoryWith, TestMemory, untyped } from "./memory.test-support.ts";
import { PayloadValueError } from "./payload-errors.ts";
import * as scalars from "./scalars.ts";

const { bool, f32, f64, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize } = scalars;

function hex(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes).toString("hex");
}

describe("scalars", () => {
  it("have the bytes of C on a little-endian machine", () => {
    assert.equal(hex(memoryWith(i8, -2).bytes), "fe");
    assert.equal(hex(memoryWith(u8, 0xfe).bytes), "fe");
    assert.equal(hex(memoryWith(i16, -2).bytes), "feff");
    assert.equal(hex(memoryWith(u16, 0x0102).bytes), "0201");
    assert.equal(hex(memoryWith(i32, -2).bytes), "feffffff");
    assert.equal(hex(memoryWith(u32, 0x0102_0304).bytes), "04030201");
    assert.equal(hex(memoryWith(f32, 1.5).bytes), "0000c03f");
    assert.equal(hex(memoryWith(f64, 1.5).bytes), "000000000000f83f");
    assert.equal(hex(memoryWith(bool, true).bytes), "01");
    assert.equal(hex(memoryWith(bool, false).bytes), "00");
    for (const signed of [i64, isize]) assert.equal(hex(memoryWith(signed, -2n).bytes), "feffffffffffffff");
    for (const unsigned of [u64, usize]) {
      assert.equal(hex(memoryWith(unsigned, 0x0102_0304_0506_0708n).bytes), "0807060504030201");
    }
  });

  it("read what was written, with the right sign", () => {
    for (const type of [i8, i16, i32, f32, f64]) assert.equal(memoryWith(type, -2).view, -2);
    assert.equal(memoryWith(u8, 0xff).view, 0xff);
    assert.equal(memoryWith(u16, 0xffff).view, 0xffff);
    assert.equal(memoryWith(u32, 0xffff_ffff).view, 0xffff_ffff);
    for (const type of [i64, isize]) assert.equal(memoryWith(type, -2n).readonlyView, -2n);
    for (const type of [u64, usize]) assert.equal(memoryWith(type, 2n ** 64n - 1n).read(), 2n ** 64n - 1n);
    assert.equal(memoryWith(f64, Number.NaN).view, Number.NaN);
    assert.ok(Object.is(memoryWith(f64, -0).view, -0));
  });

  it("wrap around where numbers are out of range, as typed arrays do", () => {
    assert.equal(memoryWith(u8, 257).read(), 1);
    assert.equal(memoryWith(i8, 128).read(), -128);
    assert.equal(memoryWith(u16, -1).read(), 65_535);
    assert.equal(memoryWith(i32, 2 ** 32 + 5).read(), 5);
    assert.equal(memoryWith(u32, 1.9).read(), 1);
    assert.equal(memoryWith(i32, Number.NaN).read(), 0);
    assert.equal(memoryWith(u64, -1n).read(), 2n ** 64n - 1n);
    assert.equal(memoryWith(i64, 2n ** 63n).read(), -(2n ** 63n));
  });

  it("read every byte but 0 as true", () => {
    const memory = memoryWith(bool, false);
    for (let byte = 0; byte < 256; byte++) {
      memory.bytes[0] = byte;
      assert.equal(memory.view, byte !== 0);
      assert.equal(memory.read(), byte !== 0);
    }
  });

  it("refuse values of another type and say what to write", () => {
    const cases: [type: typeof u64 | typeof i32 | typeof bool, value: unknown, message: string][] = [
      [u64, 5, "cannot write value: the number 5 is no u64; it takes a bigint: write 5n."],
      [u64, 1.5, "cannot write value: the number 1.5 is no u64; it takes a bigint, such as 5n."],
      [i32, 5n, "cannot write value: the bigint 5n is no i32; it takes a number: write 5."],
      [i32, "5", 'cannot write value: the string "5" is no i32; it takes a number.'],
      [i32, null, "cannot write value: null is no i32; it takes a number."],
      [i32, undefined, "cannot write value: undefined is no i32; it takes a number."],
      [i32, [5], "cannot write value: an array is no i32; it takes a number."],
      [bool, 1, "cannot write value: the number 1 is no bool; it takes true or false."],
      [bool, {}, "cannot write value: an object is no bool; it takes true or false."],
      [bool, () => true, "cannot write value: a function is no bool; it takes true or false."],
    ];
    for (const [type, value, message] of cases) {
      const memory = new TestMemory(type);
      const before = hex(memory.bytes);
      assert.throws(
        () => memory.write(untyped(value)),
        (error) =>
          error instanceof PayloadValueError && error.code === "WrongType" && error.message === message,
      );
      assert.equal(hex(memory.bytes), before);
    }
  });

  it("cannot be changed", () => {
    assert.throws(() => Object.assign(u64, { size: 4 }), TypeError);
    assert.deepEqual({ ...u64 }, { kind: "fixed", typeName: "u64", size: 8, alignment: 8 });
    assert.equal(codecOf(u64).size, 8);
  });
});
