import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidNameError } from "../base/general-errors.ts";
import { array } from "./array.ts";
import { codecOf } from "./codec.ts";
import { named } from "./named.ts";
import { PayloadTypeError } from "./payload-errors.ts";
import { f64, i32, u8 } from "./scalars.ts";
import { bytes, slice } from "./slice.ts";
import { struct } from "./struct.ts";
import { typeDetailOf } from "./type-detail.ts";

describe("a named type", () => {
  const Point = struct("Point", { x: i32, y: i32 });

  it("differs from the original in nothing but its name", () => {
    for (const type of [u8, f64, array(u8, 4), Point]) {
      const renamed = named("Other", type);
      assert.deepEqual(renamed, { ...type, typeName: "Other" });
      assert.equal(codecOf(renamed), codecOf(type));
      assert.deepEqual(typeDetailOf(renamed), { ...typeDetailOf(type), typeName: "Other" });
    }
    assert.equal(typeDetailOf(slice(named("Byte", u8))).typeName, "Byte");
    assert.equal(u8.typeName, "u8");
  });

  it("must have a name that peers can store, and be a type of fixed size", () => {
    assert.throws(() => named("caf\u00e9", u8), InvalidNameError);
    assert.throws(() => named("x".repeat(257), u8), InvalidNameError);
    // @ts-expect-error: a slice has no name of its own
    assert.throws(() => named("Bytes", bytes), PayloadTypeError);
  });
});
