/** Services of the other language whose types we do not know: what tools and bridges do. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { f64, i32, Node, type PayloadType, slice, struct, u16, u64, untyped } from "iceoryx2-ts";
import { withDomain } from "./domain.ts";
import { payloadsOf, type ServiceOptions } from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

const Point = struct("Point", { x: i32, y: i32, funky: f64 });
const Header = struct("Header", { version: i32, timestamp: u64 });
const points = [
  { x: 1, y: -2, funky: 3.5 },
  { x: 3, y: 4, funky: 0.25 },
];
const header = { version: 7, timestamp: 5n };

describe("an untyped service of Python", { skip: skipWithoutPython }, () => {
  const services: readonly (readonly [
    name: string,
    type: PayloadType,
    values: readonly unknown[],
    size: number,
    ServiceOptions?,
  ])[] = [
    ["a number", u16, [513, 2], 2],
    ["a struct", Point, points, 16],
    ["a struct with a user header and a larger alignment", Point, points, 16, { payloadAlignment: 64 }],
    ["a slice of structs", slice(Point), [points, [points[1]], []], 16],
    ["a slice of numbers with a larger alignment", slice(u16), [[1, 2, 3]], 2, { payloadAlignment: 32 }],
  ];
  for (const [name, type, values, size, options = {}] of services) {
    test(`with ${name} is read and written by us byte by byte`, () =>
      withDomain(async (join, domain) => {
        const theirs = await join("Python");
        const created = await theirs.service("create", type, { ...options, userHeader: Header });
        const initialMaxSliceLen = type.kind === "slice" ? { initialMaxSliceLen: 3 } : {};
        const publisher = await created.publisher(initialMaxSliceLen);
        const subscriber = await created.subscriber();

        using node = Node.create({ config: domain.config, signals: "ignore" });
        using opened = node.service("a service").publishSubscribe(untyped).open();
        const { payload, userHeader } = opened.staticConfig.messageTypeDetails;
        assert.deepEqual([payload.size, userHeader.typeName, userHeader.size], [size, "Header", 16]);
        using source = opened.subscriber({ bufferSize: 2 });
        using target = opened.publisher({ initialMaxSliceLen: 3 });
        source.hasSamples();
        for (const value of values) {
          assert.deepEqual(await publisher.send([value], header), [2]);
          assert.deepEqual(payloadsOf(await subscriber.receive()), [value]);
          using sample = source.receive()!;
          assert.equal(sample.payload.length, size * sample.header.numberOfElements);
          assert.equal(target.sendCopy(sample.payload, { userHeader: sample.userHeader! }), 2);
          const [echo, ...others] = await subscriber.receive();
          assert.deepEqual([echo?.payload, echo?.userHeader, others], [value, header, []]);
          source.receive()?.release();
        }
      }));
  }
});
