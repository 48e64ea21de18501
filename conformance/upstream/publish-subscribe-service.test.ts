/** What upstream's suite demands of creating and opening publish-subscribe services, as far as no other test does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  array,
  i64,
  type PayloadType,
  PublishSubscribeCreateError,
  PublishSubscribeOpenError,
  slice,
  struct,
  u64,
} from "iceoryx2-ts";
import { inDomain } from "./in-domain.ts";

const UserHeader = struct("UserHeader", { value: array(u64, 1024) });

const isOpenError = (code: string) => (error: unknown) =>
  error instanceof PublishSubscribeOpenError && error.code === code;

const isTaken = (error: unknown): boolean =>
  error instanceof PublishSubscribeCreateError && error.code === "AlreadyExists";

describe("opening or creating a service", () => {
  test(
    "opens one that has the attributes, keys and types, and refuses any other",
    inDomain((node) => {
      const verbs = node.service("a").publishSubscribe(i64);
      verbs.openOrCreate({ requireAttributes: { hello: "world" } });
      verbs.openOrCreate();
      verbs.openOrCreate({ requireAttributes: { hello: "world" } });
      verbs.openOrCreate({ requireAttributeKeys: ["hello"] });
      assert.throws(
        () => verbs.openOrCreate({ requireAttributeKeys: ["non-exist"] }),
        isOpenError("IncompatibleAttributes"),
      );
      const others = node.service("a").publishSubscribe(u64);
      assert.throws(() => others.openOrCreate(), isOpenError("IncompatibleTypes"));
    }),
  );
});

describe("a service", () => {
  test(
    "of one payload is not opened with another, nor a slice without being one",
    inDomain((node) => {
      const pairs: readonly (readonly [PayloadType, PayloadType])[] = [
        [u64, i64],
        [slice(u64), slice(i64)],
        [slice(u64), u64],
        [u64, slice(u64)],
      ];
      for (const [created, opened] of pairs) {
        using _service = node.service("a").publishSubscribe(created).create();
        const verbs = node.service("a").publishSubscribe(opened);
        assert.throws(() => verbs.open(), isOpenError("IncompatibleTypes"));
      }
    }),
  );

  test(
    "is there as long as it has a port, whichever kind goes first, and works on",
    inDomain((node) => {
      const verbs = node.service("a").publishSubscribe(u64);
      for (const first of ["publisher", "subscriber"] as const) {
        const service = verbs.create();
        let publisher = service.publisher();
        let subscriber = service.subscriber();
        service.close();
        assert.equal(publisher.sendCopy(1n), 1);
        assert.equal(subscriber.receive()!.payload, 1n);
        assert.throws(() => verbs.create(), isTaken);
        (first === "publisher" ? publisher : subscriber).close();
        const opened = verbs.open();
        if (first === "publisher") publisher = opened.publisher();
        else subscriber = opened.subscriber();
        assert.equal(publisher.sendCopy(2n), 1);
        assert.equal(subscriber.receive()!.payload, 2n);
        opened.close();
        publisher.close();
        subscriber.close();
        assert.throws(() => verbs.open(), isOpenError("DoesNotExist"));
      }
      verbs.create();
    }),
  );

  test(
    "tells its types as a Rust peer would",
    inDomain((node) => {
      const unit = { variant: "FixedSize", typeName: "()", size: 0, alignment: 1 };
      const header = {
        variant: "FixedSize",
        typeName: "iceoryx2::service::header::publish_subscribe::Header",
        size: 48,
        alignment: 8,
      };
      const fixed = node.service("fixed").publishSubscribe(u64, { userHeader: UserHeader }).create();
      assert.deepEqual(fixed.staticConfig.messageTypeDetails, {
        header,
        userHeader: { variant: "FixedSize", typeName: "UserHeader", size: 8192, alignment: 8 },
        payload: { variant: "FixedSize", typeName: "u64", size: 8, alignment: 8 },
      });
      const dynamic = node.service("slice").publishSubscribe(slice(u64)).create();
      assert.deepEqual(dynamic.staticConfig.messageTypeDetails, {
        header,
        userHeader: unit,
        payload: { variant: "Dynamic", typeName: "u64", size: 8, alignment: 8 },
      });
    }),
  );

  test(
    "never aligns its payload less than the type demands",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64, { payloadAlignment: 1 }).create();
      assert.equal(service.staticConfig.messageTypeDetails.payload.alignment, 8);
    }),
  );

  test(
    "gives a subscriber a buffer of one at least",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(u64).create();
      assert.equal(service.subscriber({ bufferSize: 0 }).bufferSize, 1);
    }),
  );
});
