import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidNameError } from "../base/general-errors.ts";
import { array } from "./array.ts";
import { untyped } from "./memory.test-support.ts";
import { PayloadTypeError } from "./payload-errors.ts";
import { bool, f64, i8, i32, isize, u8, u64, usize } from "./scalars.ts";
import { bytes, slice } from "./slice.ts";
import { staticString } from "./static-string.ts";
import { staticVec } from "./static-vec.ts";
import { struct } from "./struct.ts";
import { describeDifference, describeTypeDetail, type TypeDetail, typeDetailOf } from "./type-detail.ts";

const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });

function fixed(typeName: string, size: number, alignment: number): TypeDetail {
  return { variant: "FixedSize", typeName, size, alignment };
}

describe("the detail of a type", () => {
  it("names, measures and aligns it as Rust does", () => {
    assert.deepEqual(typeDetailOf(bool), fixed("bool", 1, 1));
    assert.deepEqual(typeDetailOf(i8), fixed("i8", 1, 1));
    assert.deepEqual(typeDetailOf(usize), fixed("usize", 8, 8));
    assert.deepEqual(typeDetailOf(isize), fixed("isize", 8, 8));
    assert.deepEqual(typeDetailOf(TransmissionData), fixed("TransmissionData", 16, 8));
    assert.deepEqual(typeDetailOf(array(TransmissionData, 3)), fixed("[TransmissionData; 3]", 48, 8));
    assert.deepEqual(typeDetailOf(array(array(u8, 2), 3)), fixed("[[u8; 2]; 3]", 6, 1));
    const text = "iceoryx2_bb_container::string::static_string::StaticString";
    assert.deepEqual(typeDetailOf(staticString(64)), fixed(`${text}<64>`, 80, 8));
    const vector = "iceoryx2_bb_container::vector::static_vec::StaticVec";
    assert.deepEqual(typeDetailOf(staticVec(u64, 5)), fixed(`${vector}<u64, 5>`, 48, 8));
  });

  it("is the element's for a slice", () => {
    assert.deepEqual(typeDetailOf(bytes), { ...fixed("u8", 1, 1), variant: "Dynamic" });
    const expected = { ...fixed("TransmissionData", 16, 8), variant: "Dynamic" };
    assert.deepEqual(typeDetailOf(slice(TransmissionData)), expected);
  });

  it("has the larger of both alignments", () => {
    assert.equal(typeDetailOf(u8, 64).alignment, 64);
    assert.equal(typeDetailOf(u64, 4).alignment, 8);
    for (const alignment of [0, -8, 3, 1.5, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(
        () => typeDetailOf(u64, alignment),
        (error) => error instanceof PayloadTypeError && error.code === "InvalidAlignment",
      );
    }
  });

  it("needs a payload type with a name that peers can store", () => {
    for (const none of [undefined, null, 5, {}, { kind: "fixed", typeName: "u8", size: 1, alignment: 1 }]) {
      assert.throws(() => typeDetailOf(untyped(none)), PayloadTypeError);
    }
    const longest = struct("N".repeat(256), { x: u8 });
    assert.equal(typeDetailOf(longest).typeName.length, 256);
    assert.throws(() => typeDetailOf(array(longest, 2)), InvalidNameError);
  });
});

describe("types in words", () => {
  it("tell what a type is", () => {
    assert.equal(describeTypeDetail(fixed("T", 16, 8)), '"T" (16 bytes, alignment 8)');
    const element = describeTypeDetail({ ...fixed("u8", 1, 1), variant: "Dynamic" });
    assert.equal(element, 'a slice of "u8" (each 1 byte, alignment 1)');
  });

  it("tell everything that differs", () => {
    const expected = fixed("T", 16, 8);
    assert.equal(describeDifference(expected, fixed("U", 16, 8)), 'the name is "U" instead of "T"');
    assert.equal(describeDifference(expected, expected), "nothing differs");
    assert.equal(
      describeDifference(expected, { variant: "Dynamic", typeName: "T", size: 4, alignment: 4 }),
      "the variant is Dynamic instead of FixedSize, the size is 4 instead of 16, the alignment is 4 instead of 8",
    );
  });
});
