/** Payloads of every kind that all languages have, and how to see that they arrive. */
import assert from "node:assert/strict";
import {
  array,
  bool,
  bytes,
  f32,
  f64,
  i8,
  i16,
  i32,
  i64,
  isize,
  type PayloadType,
  slice,
  struct,
  u8,
  u16,
  u32,
  u64,
  usize,
} from "iceoryx2-ts";
import { type Participant, payloadsOf } from "./participant.ts";

export const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });
export const Padded = struct("Padded", { flag: bool, count: u32, small: i8, big: u64, last: u16 });
const Nested = struct("Nested", { padded: Padded, matrix: array(array(f32, 2), 2), ids: array(u64, 3) });
/** A value of `Padded`. */
export const padded = { flag: true, count: 2 ** 32 - 1, small: -1, big: 2n ** 63n, last: 7 };

/** Two values each; the second one shows that nothing of the first one is left. */
export type PayloadExample = readonly [name: string, type: PayloadType, values: readonly [unknown, unknown]];
export const PAYLOADS: readonly PayloadExample[] = [
  ["u8", u8, [255, 0]],
  ["u16", u16, [65_535, 0]],
  ["u32", u32, [2 ** 32 - 1, 0]],
  ["u64", u64, [2n ** 64n - 1n, 0n]],
  ["usize", usize, [2n ** 64n - 1n, 0n]],
  ["i8", i8, [-128, 127]],
  ["i16", i16, [-32_768, 32_767]],
  ["i32", i32, [-(2 ** 31), 2 ** 31 - 1]],
  ["i64", i64, [-(2n ** 63n), 2n ** 63n - 1n]],
  ["isize", isize, [-(2n ** 63n), 2n ** 63n - 1n]],
  ["f32", f32, [-0.5, 2 ** 127]],
  ["f64", f64, [Math.PI, -Number.MIN_VALUE]],
  ["bool", bool, [true, false]],
  [
    "a struct",
    TransmissionData,
    [
      { x: 1, y: -2, funky: 812.12 },
      { x: 0, y: 0, funky: 0 },
    ],
  ],
  ["a struct with padding", Padded, [padded, { flag: false, count: 0, small: 0, big: 0n, last: 0 }]],
  [
    "a struct of structs and arrays",
    Nested,
    [
      {
        padded,
        matrix: [
          [0, 1],
          [2, 3],
        ],
        ids: [1n, 2n, 3n],
      },
      {
        padded: { ...padded, small: 1 },
        matrix: [
          [4, 5],
          [6, 7],
        ],
        ids: [4n, 5n, 6n],
      },
    ],
  ],
  ["bytes", bytes, [Uint8Array.of(1, 2, 255), Uint8Array.of(9)]],
  ["no bytes", bytes, [new Uint8Array(0), Uint8Array.of(1)]],
  [
    "a slice of u64",
    slice(u64),
    [
      [1n, 2n, 3n, 4n, 2n ** 64n - 1n],
      [6n, 7n],
    ],
  ],
  ["an empty slice", slice(u64), [[], [1n]]],
  ["a slice of f32", slice(f32), [[0.5, -1.5], [0.25]]],
  ["a slice of bool", slice(bool), [[true, false, true], [false]]],
  ["a slice of structs", slice(Padded), [[padded, { ...padded, last: 8 }], [padded]]],
];

/** One creates the service and sends both values, the other one opens it and receives them. */
export async function assertExchange(
  from: Participant,
  to: Participant,
  type: PayloadType,
  values: readonly [unknown, unknown],
): Promise<void> {
  const options = type.kind === "slice" ? { initialMaxSliceLen: 5 } : {};
  const publisher = await (await from.service("create", type)).publisher(options);
  const subscriber = await (await to.service("open", type)).subscriber();
  assert.deepEqual(await publisher.send(values), [1, 1]);
  const messages = await subscriber.receive();
  assert.deepEqual(payloadsOf(messages), values);
  const lengths = values.map((value) => (type.kind === "slice" ? (value as ArrayLike<unknown>).length : 1));
  assert.deepEqual(
    messages.map(({ numberOfElements }) => numberOfElements),
    lengths,
  );
}
