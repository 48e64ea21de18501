/** Services whose types only their creator knows. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "../../base/general-errors.ts";
import { array } from "../../payload/array.ts";
import { PayloadTypeError, PayloadValueError } from "../../payload/payload-errors.ts";
import { f64, i32, u16, u64 } from "../../payload/scalars.ts";
import { slice } from "../../payload/slice.ts";
import { struct } from "../../payload/struct.ts";
import { untyped } from "../../payload/untyped.ts";
import { inDomain, inDomainAsync } from "../../testing/in-domain.test-support.ts";
import { LoanError } from "../common/port-errors.ts";

const Point = struct("Point", { x: i32, y: i32, funky: f64 });
const Header = struct("Header", { version: i32, timestamp: u64 });
const point = { x: 1, y: -2, funky: 3.5 };
const header = { version: 7, timestamp: 5n };

function bytesOf(value: { x: number; y: number; funky: number }): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setInt32(0, value.x, true);
  view.setInt32(4, value.y, true);
  view.setFloat64(8, value.funky, true);
  return new Uint8Array(view.buffer);
}

const isUntyped = (error: unknown): boolean => error instanceof PayloadTypeError && error.code === "Untyped";
const isInvalidContent = (error: unknown): boolean =>
  error instanceof PayloadValueError && error.code === "InvalidContent";

describe("an untyped service", () => {
  it(
    "is opened whatever its types are, and tells them",
    inDomain((node) => {
      const verbs = node.service("a").publishSubscribe(Point, { userHeader: Header, payloadAlignment: 64 });
      using service = verbs.create();
      using opened = node.service("a").publishSubscribe(untyped).open({ maxPublishers: 1 });
      assert.deepEqual(opened.staticConfig, service.staticConfig);
      assert.deepEqual(opened.staticConfig.messageTypeDetails.payload, {
        variant: "FixedSize",
        typeName: "Point",
        size: 16,
        alignment: 64,
      });
    }),
  );

  it(
    "cannot be created, nor be given types, by any verb",
    inDomainAsync(async (node, domain) => {
      const before = domain.leftovers();
      // What the compiler refuses reaches us from plain JavaScript.
      const verbs = node.service("a").publishSubscribe<typeof untyped>(untyped);
      const refused = async (): Promise<void> => {
        assert.throws(() => verbs.create(), isUntyped);
        assert.throws(() => verbs.openOrCreate(), isUntyped);
        await assert.rejects(verbs.createAsync(), isUntyped);
        await assert.rejects(verbs.openOrCreateAsync(), isUntyped);
      };
      await refused();
      assert.deepEqual(domain.leftovers(), before);
      using _existing = node.service("a").publishSubscribe(u64).create();
      await refused();
      for (const types of [{ payloadAlignment: 8 }, { userHeader: u64 }]) {
        assert.throws(() => node.service("a").publishSubscribe(untyped, types).open(), isUntyped);
      }
    }),
  );

  it(
    "has the user header and the bytes of a payload of fixed size",
    inDomain((node) => {
      using service = node.service("a").publishSubscribe(Point, { userHeader: Header }).create();
      using opened = node.service("a").publishSubscribe(untyped).open();
      using publisher = service.publisher();
      using subscriber = opened.subscriber();
      publisher.updateConnections();
      publisher.sendCopy(point, { userHeader: header });
      using sample = subscriber.receive()!;
      assert.deepEqual(sample.payload, bytesOf(point));
      assert.deepEqual(sample.copy(), bytesOf(point));
      assert.equal(sample.payload, sample.payload);
      assert.equal(new DataView(sample.userHeader!.slice().buffer).getInt32(0, true), 7);
      assert.equal(sample.userHeader!.length, 16);
      assert.equal(sample.header.numberOfElements, 1);
    }),
  );

  it(
    "has the bytes of all elements of a slice",
    inDomain((node) => {
      using service = node.service("a").publishSubscribe(slice(Point), { payloadAlignment: 32 }).create();
      using opened = node.service("a").publishSubscribe(untyped).open();
      using publisher = service.publisher({ initialMaxSliceLen: 4 });
      using subscriber = opened.subscriber();
      const received: Uint8Array[] = [];
      for (const points of [[point, { ...point, x: 9 }], []]) {
        publisher.sendCopy(points);
        subscriber.drain((sample) => {
          assert.equal(sample.header.numberOfElements, points.length);
          assert.equal(sample.userHeader, undefined);
          received.push(sample.copy());
        });
      }
      const both = Buffer.concat([bytesOf(point), bytesOf({ ...point, x: 9 })]);
      assert.deepEqual(received, [new Uint8Array(both), new Uint8Array()]);
    }),
  );

  it(
    "passes on what it receives, byte by byte",
    inDomain((node) => {
      const verbs = (name: string) =>
        node.service(name).publishSubscribe(slice(Point), { userHeader: Header, payloadAlignment: 32 });
      using from = verbs("from").create();
      using to = verbs("to").create();
      using publisher = from.publisher({ initialMaxSliceLen: 3 });
      using source = node.service("from").publishSubscribe(untyped).open().subscriber();
      using target = node.service("to").publishSubscribe(untyped).open().publisher({ initialMaxSliceLen: 3 });
      using subscriber = to.subscriber();
      source.hasSamples();
      target.updateConnections();
      publisher.sendCopy([point, point, { ...point, y: 0 }], { userHeader: header });
      source.drain(({ payload, userHeader }) => {
        assert.equal(target.sendCopy(payload, { userHeader: userHeader! }), 1);
      });
      using sample = subscriber.receive()!;
      assert.deepEqual(sample.copy(), [point, point, { ...point, y: 0 }]);
      assert.equal(sample.userHeader.timestamp, header.timestamp);
    }),
  );

  it(
    "takes the bytes of whole values only",
    inDomain((node) => {
      using _fixed = node.service("fixed").publishSubscribe(Point, { userHeader: Header }).create();
      using _slices = node.service("slices").publishSubscribe(slice(Point)).create();
      using fixed = node.service("fixed").publishSubscribe(untyped).open().publisher({ maxLoanedSamples: 1 });
      using slices = node.service("slices").publishSubscribe(untyped).open().publisher({
        initialMaxSliceLen: 2,
        maxLoanedSamples: 1,
      });
      for (const length of [0, 15, 17, 32]) {
        assert.throws(() => fixed.sendCopy(new Uint8Array(length)), isInvalidContent, String(length));
      }
      const userHeader = new Uint8Array(8);
      assert.throws(() => fixed.sendCopy(bytesOf(point), { userHeader }), isInvalidContent);
      for (const length of [1, 15, 17]) {
        assert.throws(() => slices.sendCopy(new Uint8Array(length)), isInvalidContent, String(length));
      }
      assert.throws(
        () => slices.sendCopy(new Uint8Array(48)),
        (error) => error instanceof LoanError && error.code === "ExceedsMaxLoanSize",
      );
      assert.deepEqual([fixed.sendCopy(bytesOf(point)), slices.sendCopy(new Uint8Array(32))], [0, 0]);
    }),
  );

  it(
    "lends elements: one of a fixed size, any number of a slice",
    inDomain((node) => {
      using fixed = node.service("fixed").publishSubscribe(Point).create();
      using slices = node.service("slices").publishSubscribe(slice(Point)).create();
      using ofFixed = node.service("fixed").publishSubscribe(untyped).open().publisher({
        initialMaxSliceLen: 5,
      });
      using ofSlices = node.service("slices").publishSubscribe(untyped).open().publisher({
        initialMaxSliceLen: 5,
      });
      using subscriber = fixed.subscriber();
      using sliceSubscriber = slices.subscriber();
      assert.throws(() => ofFixed.loan(0), InvalidArgumentError);
      assert.throws(() => ofFixed.loan(2), InvalidArgumentError);
      const one = ofFixed.loan(1);
      assert.equal(one.payload.length, 16);
      one.payload.set(bytesOf(point));
      one.send();
      assert.deepEqual(subscriber.receive()?.copy(), point);
      const two = ofSlices.loan(2);
      assert.deepEqual(two.payload, new Uint8Array(32));
      two.payload = bytesOf(point);
      two.send();
      assert.deepEqual(sliceSubscriber.receive()?.copy(), [point, { x: 0, y: 0, funky: 0 }]);
    }),
  );

  it(
    "goes on showing its bytes after its subscriber was closed",
    inDomain((node) => {
      using service = node.service("a").publishSubscribe(slice(u16)).create();
      using publisher = service.publisher({ initialMaxSliceLen: 4 });
      const subscriber = node.service("a").publishSubscribe(untyped).open().subscriber();
      publisher.sendCopy([1, 2, 3]);
      const sample = subscriber.receive()!;
      subscriber.close();
      for (let i = 0; i < 100; i++) publisher.sendCopy([9, 9, 9]);
      assert.deepEqual(sample.payload, Uint8Array.of(1, 0, 2, 0, 3, 0));
    }),
  );
});

describe("untyped", () => {
  it("is no part of other types", () => {
    const isRefused = (error: unknown): boolean =>
      error instanceof PayloadTypeError && error.code === "NotSelfContained";
    // @ts-expect-error: it is no type of fixed size
    assert.throws(() => struct("S", { a: untyped }), isRefused);
    // @ts-expect-error: likewise
    assert.throws(() => array(untyped, 2), isRefused);
  });
});
