/** What one language writes, the other reads: every kind of payload. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { array, bytes, type FixedType, f64, i16, named, u8, u16, u64 } from "iceoryx2-ts";
import { testBothDirections, withDomain } from "./domain.ts";
import { payloadsOf } from "./participant.ts";
import { assertExchange, PAYLOADS, Padded, type PayloadExample, padded } from "./payloads.ts";
import { skipWithoutPython } from "./python.ts";

describe("a payload arrives as it was sent", { skip: skipWithoutPython }, () => {
  for (const [name, type, values] of PAYLOADS) {
    testBothDirections(name, (from, to) => assertExchange(from, to, type, values));
  }

  // ctypes has a name of its own for each class of arrays.
  const arrays: readonly PayloadExample[] = [
    [
      "c_ushort_Array_3",
      array(u16, 3),
      [
        [1, 2, 65_535],
        [0, 0, 0],
      ],
    ],
    [
      "c_double_Array_2",
      array(f64, 2),
      [
        [0.5, -1],
        [0, 1],
      ],
    ],
  ];
  for (const [name, type, values] of arrays) {
    const array = named(name, type as FixedType);
    testBothDirections(`an array that Python calls ${name}`, (from, to) =>
      assertExchange(from, to, array, values),
    );
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
