/** Payload types exactly as Rust names, measures and writes them: what one side writes, the other reads. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  bytes,
  type FixedType,
  i16,
  type PayloadType,
  slice,
  staticString,
  staticVec,
  struct,
  u8,
  u32,
  u64,
  usize,
} from "iceoryx2-ts";
import { testBothDirections, withDomain } from "./domain.ts";
import { payloadsOf } from "./participant.ts";
import {
  assertExchange,
  PAYLOADS,
  Padded,
  type PayloadExample,
  padded,
  TransmissionData,
} from "./payloads.ts";
import { skipWithoutRust } from "./rust.ts";

const Contained = struct("Contained", {
  id: u8,
  name: staticString(13),
  numbers: staticVec(u64, 3),
  points: staticVec(TransmissionData, 2),
  words: array(staticString(5), 2),
  index: usize,
});

/** What ctypes has no words for. */
const MORE_PAYLOADS: readonly PayloadExample[] = [
  ["an array of bytes", array(u8, 4), [Uint8Array.of(1, 2, 3, 255), Uint8Array.of(0, 0, 0, 0)]],
  ["a static string", staticString(7), ["seven77", ""]],
  ["a static vector", staticVec(u32, 3), [[1, 2, 2 ** 32 - 1], []]],
  [
    "a struct of containers",
    Contained,
    [
      {
        id: 255,
        name: "thirteen chrs",
        numbers: [1n, 2n, 2n ** 64n - 1n],
        points: [{ x: -1, y: 2, funky: 0.5 }],
        words: ["five5", ""],
        index: 2n ** 64n - 1n,
      },
      { id: 0, name: "", numbers: [], points: [], words: ["", "a"], index: 0n },
    ],
  ],
];

interface TypeReport {
  readonly variant: string;
  readonly name: string;
  readonly size: number;
  readonly alignment: number;
}

const DEFAULT_HEADER = "iceoryx2::service::header::publish_subscribe::Header";

describe("a payload of Rust's arrives as it was sent", { skip: skipWithoutRust }, () => {
  for (const [name, type, values] of [...PAYLOADS, ...MORE_PAYLOADS]) {
    testBothDirections(name, (from, to) => assertExchange(from, to, type, values), "Rust");
  }

  const headers: readonly (readonly [name: string, type: FixedType, header: unknown])[] = [
    ["a number", i16, -3],
    ["a struct", Padded, padded],
  ];
  for (const [name, userHeader, header] of headers) {
    testBothDirections(
      `with ${name} as user header`,
      async (from, to) => {
        const publisher = await (await from.service("create", u8, { userHeader })).publisher();
        const subscriber = await (await to.service("open", u8, { userHeader })).subscriber();
        await publisher.send([1], header);
        const [message] = await subscriber.receive();
        assert.deepEqual([message?.payload, message?.userHeader], [1, header]);
      },
      "Rust",
    );
  }

  for (const payloadAlignment of [64, 4096]) {
    testBothDirections(
      `aligned to ${payloadAlignment} bytes`,
      async (from, to) => {
        const options = { userHeader: u8, payloadAlignment };
        const service = await from.service("create", bytes, options);
        const publisher = await service.publisher({ initialMaxSliceLen: 200 });
        const subscriber = await (await to.service("open", bytes, options)).subscriber();
        const values = [new Uint8Array(200).fill(1), new Uint8Array(199).fill(2)];
        await publisher.send(values, 9);
        const messages = await subscriber.receive();
        assert.deepEqual(payloadsOf(messages), values);
        assert.deepEqual(
          messages.map(({ userHeader }) => userHeader),
          [9, 9],
        );
      },
      "Rust",
    );
  }
});

describe("a type", { skip: skipWithoutRust }, () => {
  const types: readonly (readonly [type: PayloadType, payload: TypeReport])[] = [
    [u64, { variant: "FixedSize", name: "u64", size: 8, alignment: 8 }],
    [usize, { variant: "FixedSize", name: "usize", size: 8, alignment: 8 }],
    [bytes, { variant: "Dynamic", name: "u8", size: 1, alignment: 1 }],
    [slice(Padded), { variant: "Dynamic", name: "Padded", size: 32, alignment: 8 }],
    [array(u8, 4), { variant: "FixedSize", name: "[u8; 4]", size: 4, alignment: 1 }],
    [Contained, { variant: "FixedSize", name: "Contained", size: 144, alignment: 8 }],
  ];
  for (const [type, payload] of types) {
    test(`${payload.name} (${payload.variant}) of ours is Rust's`, () =>
      withDomain(async (join) => {
        const [ours, theirs] = [await join("TypeScript"), await join("Rust")];
        await ours.service("create", type);
        const service = await theirs.service("open", type);
        assert.deepEqual(await theirs.peer.request("publish_subscribe_types", { service: service.handle }), {
          header: { variant: "FixedSize", name: DEFAULT_HEADER, size: 48, alignment: 8 },
          user_header: { variant: "FixedSize", name: "()", size: 0, alignment: 1 },
          payload,
        });
      }));
  }
});
