import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClosedError, InvalidArgumentError, InvalidNameError } from "../base/general-errors.ts";
import { u64 } from "../payload/scalars.ts";
import { bytes } from "../payload/slice.ts";
import { struct } from "../payload/struct.ts";
import { AttributeDefinitionError } from "../service/attributes.ts";
import { PublishSubscribeOpenError } from "../service/publish-subscribe-errors.ts";
import { serviceHash } from "../service/service-hash.ts";
import { inDomain, inDomainAsync } from "../testing/in-domain.test-support.ts";

const Pair = struct("Pair", { a: u64, b: u64 });

describe("a service that was created with options", () => {
  it(
    "tells what it is",
    inDomain((node) => {
      const service = node
        .service("Camera/Front")
        .publishSubscribe(u64, { userHeader: Pair })
        .create({ historySize: 2, attributes: { size: "5", color: ["red", "blue"] } });
      assert.equal(service.name, "Camera/Front");
      assert.equal(service.serviceHash, serviceHash("Camera/Front", "PublishSubscribe"));
      assert.deepEqual(service.attributes, [
        { key: "color", value: "blue" },
        { key: "color", value: "red" },
        { key: "size", value: "5" },
      ]);
      assert.equal(service.staticConfig.historySize, 2);
      const { payload, userHeader } = service.staticConfig.messageTypeDetails;
      assert.deepEqual([payload.typeName, userHeader.typeName], ["u64", "Pair"]);
      assert.deepEqual([service.numberOfPublishers, service.numberOfSubscribers], [0, 0]);
      const ports = [service.publisher(), service.subscriber(), service.subscriber()];
      assert.deepEqual([service.numberOfPublishers, service.numberOfSubscribers], [1, 2]);
      for (const port of ports) port.close();
      assert.deepEqual([service.numberOfPublishers, service.numberOfSubscribers], [0, 0]);
    }),
  );

  it(
    "aligns every payload as it was told",
    inDomain((node) => {
      const service = node.service("a").publishSubscribe(bytes, { payloadAlignment: 256 }).create();
      assert.equal(service.staticConfig.messageTypeDetails.payload.alignment, 256);
      const publisher = service.publisher({ initialMaxSliceLen: 3, maxLoanedSamples: 4 });
      const subscriber = service.subscriber();
      const loans = Array.from({ length: 4 }, () => publisher.loan(3));
      for (const loan of loans) {
        assert.equal(loan.payload.byteOffset % 256, 0);
        loan.send();
      }
      assert.equal(subscriber.receive()!.payload.byteOffset % 256, 0);
      assert.throws(
        () => node.service("a").publishSubscribe(bytes, { payloadAlignment: 512 }).open(),
        (error) => error instanceof PublishSubscribeOpenError && error.code === "IncompatibleTypes",
      );
      node.service("a").publishSubscribe(bytes, { payloadAlignment: 16 }).open().close();
    }),
  );
});

describe("options that cannot be", () => {
  it(
    "are refused by every verb before anything is made",
    inDomainAsync(async (node, domain) => {
      const verbs = node.service("a").publishSubscribe(u64);
      const before = domain.leftovers();
      const tooMany = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`key${i}`, "value"]));
      for (const verb of ["create", "open", "openOrCreate"] as const) {
        assert.throws(() => verbs[verb]({ maxNodes: -1 }), InvalidArgumentError);
        await assert.rejects(verbs[`${verb}Async`]({ maxNodes: -1 }), InvalidArgumentError);
      }
      assert.throws(() => verbs.create({ attributes: tooMany }), AttributeDefinitionError);
      assert.throws(() => verbs.open({ requireAttributes: tooMany }), AttributeDefinitionError);
      assert.throws(() => verbs.create({ attributes: { "": "value" } }), InvalidNameError);
      assert.throws(() => verbs.create({ attributes: { key: "" } }), InvalidNameError);
      assert.throws(() => verbs.open({ requireAttributeKeys: ["k\u00e9y"] }), InvalidNameError);
      assert.deepEqual(domain.leftovers(), before);
    }),
  );

  it(
    "are an alignment that is no power of two",
    inDomain((node, domain) => {
      const before = domain.leftovers();
      for (const payloadAlignment of [0, 3, -8, 0.5, Number.NaN]) {
        assert.throws(
          () => node.service("a").publishSubscribe(u64, { payloadAlignment }).create().publisher(),
          String(payloadAlignment),
        );
      }
      assert.deepEqual(domain.leftovers(), before);
    }),
  );

  it(
    "are an alignment beyond that of a page, which mapped memory does not have",
    inDomain((node) => {
      node.service("a").publishSubscribe(u64, { payloadAlignment: 4096 }).create().publisher();
      assert.throws(() =>
        node.service("b").publishSubscribe(u64, { payloadAlignment: 8192 }).create().publisher(),
      );
    }),
  );
});

describe("a builder whose node was closed", () => {
  it(
    "makes nothing any more",
    inDomainAsync(async (node) => {
      const verbs = node.service("a").publishSubscribe(u64);
      node.close();
      for (const verb of ["create", "open", "openOrCreate"] as const) {
        assert.throws(() => verbs[verb](), ClosedError);
        await assert.rejects(verbs[`${verb}Async`](), ClosedError);
      }
    }),
  );
});
