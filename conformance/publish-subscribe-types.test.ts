/** What one language writes, the other reads: every kind of payload. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  bool,
  bytes,
  type FixedType,
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
import { testBothDirections, withDomain } from "./domain.ts";
import { payloadsOf } from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });
const Padded = struct("Padded", { flag: bool, count: u32, small: i8, big: u64, last: u16 });
const Nested = struct("Nested", { padded: Padded, matrix: array(array(f32, 2), 2), ids: array(u64, 3) });
const padded = { flag: true, count: 2 ** 32 - 1, small: -1, big: 2n ** 63n, last: 7 };

/** Two values each; the second one shows that nothing of the first one is left. */
const payloads: readonly (readonly [name: string, type: PayloadType, values: readonly [unknown, unknown]])[] =
  [
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

describe("a payload arrives as it was sent", { skip: skipWithoutPython }, () => {
  for (const [name, type, values] of payloads) {
    testBothDirections(name, async (from, to) => {
      const options = type.kind === "slice" ? { initialMaxSliceLen: 5 } : {};
      const publisher = await (await from.service("create", type)).publisher(options);
      const subscriber = await (await to.service("open", type)).subscriber();
      assert.deepEqual(await publisher.send(values), [1, 1]);
      const messages = await subscriber.receive();
      assert.deepEqual(payloadsOf(messages), values);
      const lengths = values.map((value) =>
        type.kind === "slice" ? (value as ArrayLike<unknown>).length : 1,
      );
      assert.deepEqual(
        messages.map(({ numberOfElements }) => numberOfElements),
        lengths,
      );
    });
  }

  testBothDirections("with where it came from", async (from, to) => {
    const publisher = await (await from.service("create", u64)).publisher();
    const subscriber = await (await to.service("open", u64)).subscriber();
    await publisher.send([1n]);
    const [message] = await subscriber.receive();
    assert.deepEqual([message?.publisherId, message?.nodeId], [publisher.id, from.id]);
  });

  const headers: readonly (readonly [name: string, type: FixedType, headers: readonly [unknown, unknown]])[] =
    [
      ["a number", i16, [-3, 4]],
      ["a struct", Padded, [padded, { flag: false, count: 0, small: 0, big: 0n, last: 0 }]],
    ];
  for (const [name, userHeader, [first, second]] of headers) {
    testBothDirections(`with ${name} as user header`, async (from, to) => {
      const publisher = await (await from.service("create", u8, { userHeader })).publisher();
      const subscriber = await (await to.service("open", u8, { userHeader })).subscriber();
      await publisher.send([1], first);
      await publisher.send([2], second);
      assert.deepEqual(
        (await subscriber.receive()).map((message) => [message.payload, message.userHeader]),
        [
          [1, first],
          [2, second],
        ],
      );
    });
  }

  test("with a user header of zero where we wrote none", () =>
    withDomain(async (join) => {
      const [ours, theirs] = [await join("TypeScript"), await join("Python")];
      const options = { userHeader: i16 };
      const publisher = await (await ours.service("create", u8, options)).publisher();
      const subscriber = await (await theirs.service("open", u8, options)).subscriber();
      // The publisher takes turns with a few chunks, and each of them gets a header first.
      for (const [header, expected] of [
        [-3, -3],
        [-3, -3],
        [-3, -3],
        [undefined, 0],
      ] as const) {
        await publisher.send([1], header);
        assert.deepEqual(
          (await subscriber.receive()).map((message) => message.userHeader),
          [expected],
        );
      }
    }));

  testBothDirections("with a larger alignment", async (from, to) => {
    const options = { userHeader: u8, payloadAlignment: 128 };
    const publisher = await (await from.service("create", bytes, options)).publisher({
      initialMaxSliceLen: 200,
    });
    const subscriber = await (await to.service("open", bytes, options)).subscriber();
    const values = [new Uint8Array(200).fill(1), new Uint8Array(200).fill(2)];
    await publisher.send(values, 9);
    const messages = await subscriber.receive();
    assert.deepEqual(payloadsOf(messages), values);
    assert.deepEqual(
      messages.map(({ userHeader }) => userHeader),
      [9, 9],
    );
  });
});
