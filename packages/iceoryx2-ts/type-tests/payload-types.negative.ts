// What must not compile: each line that ends with an error code must have exactly that diagnostic, no other line
// any. Checked by src/payload/type-tests.test.ts.
import { array } from "../src/payload/array.ts";
import type { FixedType, Input, PayloadType, ReadonlyView, Value, View } from "../src/payload/meaning.ts";
import { bool, f64, i32, u64 } from "../src/payload/scalars.ts";
import { bytes, slice } from "../src/payload/slice.ts";
import { staticString } from "../src/payload/static-string.ts";
import { staticVec } from "../src/payload/static-vec.ts";
import { struct } from "../src/payload/struct.ts";

const T = struct("T", { x: i32, id: u64, flags: array(bool, 2), path: staticVec(f64, 3) });
const rest = { flags: [true], path: [1, 2] };
const text = staticString(5);
declare const view: View<typeof T>;
declare const sample: ReadonlyView<typeof T>;

// Values.
export const e01: Input<typeof T> = { x: 1, ...rest }; // missing field: TS2741
export const e02: Input<typeof T> = { x: 1, id: 5, ...rest }; // number for a u64: TS2322
export const e03: Input<typeof T> = { x: 1, id: 5n, ...rest, y: 1 }; // excess field: TS2353
export const e04: Input<typeof T> = { x: 1n, id: 5n, ...rest }; // bigint for an i32: TS2322
export const e05: Input<typeof T> = { x: 1, id: 5n, flags: [1], path: [] }; // number for a bool: TS2322
export const e06: Input<typeof text> = 5; // number for a string: TS2322
export const e07: Input<typeof bytes> = "text"; // string for bytes: TS2322
export const e08: Value<typeof T>["path"] = [1]; // a copy holds a typed array: TS2740

// Views.
view.id = 5; // number for a u64: TS2322
view.y = 5; // unknown field: TS2339
view.flags[0] = true; // elements are written through their views: TS2542
view.path.push("1"); // wrong element: TS2345
sample.x = 5; // read-only: TS2540
sample.path = new Float64Array(1); // read-only: TS2540
sample.flags[0] = true; // read-only: TS2542

// Definitions.
export const d01 = struct("N", { name: String }); // not self-contained: TS2739
export const d02 = struct("N", { data: slice(f64) }); // slice inside a struct: TS2739
export const d03 = struct("N", { 1: i32, a: f64 }); // numeric name: TS2375
export const d04 = struct("N", { "1": i32 }); // numeric name: TS2375
export const d05 = slice(slice(f64)); // slice of slices: TS2739
export const d06 = array(bytes, 2); // array of slices: TS2739
export const d07 = staticVec(bytes, 2); // vector of slices: TS2739
export const d08 = array(f64); // no length: TS2554
export const d09: PayloadType = { kind: "fixed", typeName: "u8", size: 1, alignment: 1 }; // forged: TS2322
export const d10: FixedType = bytes; // slice where a fixed size is needed: TS2739
export const d11 = struct({ x: i32 }); // no name: TS2554
