/** Creating publishers and subscribers: their options, and why it fails. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../../api/node.ts";
import type { PublishSubscribeService } from "../../api/publish-subscribe-service.ts";
import { ClosedError, InvalidArgumentError, InvalidNameError } from "../../base/general-errors.ts";
import type { Iox2Error } from "../../base/iox2-error.ts";
import { hostOs } from "../../os/host.ts";
import { type U64, u64 } from "../../payload/scalars.ts";
import { bytes } from "../../payload/slice.ts";
import { DynamicConfig } from "../../service/dynamic-config.ts";
import { readPublisherDetails, readSubscriberDetails } from "../../service/port-details.ts";
import { readStaticConfig } from "../../service/static-config.ts";
import { inDomain } from "../../testing/in-domain.test-support.ts";
import type { TestDomain } from "../../testing/test-domain.ts";
import { fileNames } from "../../transport/names.ts";
import { readStaticStorage } from "../../transport/static-storage.ts";
import { PublisherCreateError, SubscriberCreateError } from "./publish-subscribe-port-errors.ts";

const QOS = {
  maxPublishers: 2,
  maxSubscribers: 3,
  historySize: 2,
  subscriberMaxBufferSize: 4,
  subscriberMaxBorrowedSamples: 5,
};

function service(node: Node): PublishSubscribeService<U64> {
  return node.service("Camera").publishSubscribe(u64).create(QOS);
}

/** The dynamic configuration of a service, opened as a stranger would. */
function openDynamicConfig(domain: TestDomain, { serviceHash }: { serviceHash: string }): DynamicConfig {
  const content = readStaticStorage(hostOs(), fileNames.staticConfig(domain.config, serviceHash));
  const { serviceId, messagingPattern } = readStaticConfig(new TextDecoder().decode(content));
  return DynamicConfig.open(hostOs(), domain.config, serviceId, messagingPattern, 0);
}

function refuses(
  create: () => unknown,
  type: abstract new (...args: never) => Iox2Error,
  code: string,
  message: RegExp,
): void {
  assert.throws(create, (error) => {
    assert(error instanceof type, String(error));
    assert.equal((error as Iox2Error).code, code);
    assert.match((error as Iox2Error).message, message);
    return true;
  });
}

const NOT_COUNTS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null];

describe("a publisher", () => {
  it(
    "has defaults from the configuration",
    inDomain(
      (node) => {
        const publisher = service(node).publisher();
        assert.equal(publisher.name, "");
        assert.equal(publisher.maxLoanedSamples, 7);
        assert.equal(publisher.initialMaxSliceLen, 1);
        assert.equal(publisher.backpressureStrategy, "DiscardData");
        assert.equal(publisher.closed, false);
      },
      {
        defaults: { publishSubscribe: { publisherMaxLoanedSamples: 7, backpressureStrategy: "DiscardData" } },
      },
    ),
  );

  it(
    "takes its options",
    inDomain((node) => {
      const publisher = node.service("a").publishSubscribe(bytes).create().publisher({
        name: "front",
        maxLoanedSamples: 3,
        initialMaxSliceLen: 100,
        backpressureStrategy: "DiscardData",
      });
      assert.equal(publisher.name, "front");
      assert.equal(publisher.maxLoanedSamples, 3);
      assert.equal(publisher.initialMaxSliceLen, 100);
      assert.equal(publisher.backpressureStrategy, "DiscardData");
    }),
  );

  it(
    "tells others about itself",
    inDomain((node, domain) => {
      const camera = service(node);
      const publisher = camera.publisher({ name: "front", maxLoanedSamples: 6 });
      const dynamicConfig = openDynamicConfig(domain, camera);
      assert.deepEqual(readPublisherDetails(dynamicConfig.bagB.readSlot(0)!.entry), {
        portId: publisher.id,
        portName: "front",
        nodeId: node.id,
        numberOfSamples: 3 * (4 + 5) + 2 + 6,
        maxSliceLen: 1,
        dataSegmentType: "Static",
        maxNumberOfSegments: 1,
      });
      publisher.close();
      assert.equal(dynamicConfig.bagB.length, 0);
      dynamicConfig.close();
    }),
  );

  it(
    "refuses options that are no counts, and leaves nothing behind",
    inDomain((node, domain) => {
      const camera = service(node);
      const before = domain.leftovers();
      for (const option of ["maxLoanedSamples", "initialMaxSliceLen"] as const) {
        for (const value of [...NOT_COUNTS, 2 ** 41]) {
          const message = new RegExp(
            `^cannot create a publisher of service "Camera": ${option} is ${value}, but must be an integer from 0`,
          );
          const create = (): unknown => camera.publisher({ [option]: value as number });
          refuses(create, InvalidArgumentError, "InvalidArgument", message);
        }
      }
      assert.deepEqual(domain.leftovers(), before);
    }),
  );

  it(
    "is refused when there is no room for another one, with a table that is full",
    inDomain((node, domain) => {
      const camera = service(node);
      const first = camera.publisher();
      camera.publisher();
      assert.equal(camera.numberOfPublishers, 2);
      const before = domain.leftovers();
      refuses(
        () => camera.publisher({ name: "third" }),
        PublisherCreateError,
        "ExceedsMaxSupportedPublishers",
        /^cannot create publisher "third" of service "Camera": .*2 publishers already \(maxPublishers: 2\)\. Close one/,
      );
      assert.deepEqual(domain.leftovers(), before);
      first.close();
      camera.publisher();
      assert.equal(camera.numberOfPublishers, 2);
    }),
  );

  it(
    "whose memory cannot be had is refused",
    inDomain((node, domain) => {
      const service = node.service("a").publishSubscribe(bytes).create();
      const before = domain.leftovers();
      refuses(
        () => service.publisher({ initialMaxSliceLen: 2 ** 40, maxLoanedSamples: 2 ** 12 }),
        PublisherCreateError,
        "UnableToCreateDataSegment",
        /no memory for \d+ chunks of \d+ bytes/,
      );
      assert.deepEqual(domain.leftovers(), before);
    }),
  );
});

describe("a subscriber", () => {
  it(
    "gets the service's whole buffer unless it asks for less",
    inDomain((node) => {
      const camera = service(node);
      assert.equal(camera.subscriber().bufferSize, 4);
      assert.equal(camera.subscriber({ bufferSize: 2 }).bufferSize, 2);
      assert.equal(camera.subscriber({ bufferSize: 0, historyRequest: 0 }).bufferSize, 1);
    }),
  );

  it(
    "tells others about itself",
    inDomain((node, domain) => {
      const camera = service(node);
      const wanted = [
        [{ name: "left", bufferSize: 3, historyRequest: 1 }, 3, 1],
        [{ bufferSize: 1 }, 1, 1],
        [{}, 4, 2],
      ] as const;
      const dynamicConfig = openDynamicConfig(domain, camera);
      for (const [slot, [options, bufferSize, historyRequest]] of wanted.entries()) {
        const subscriber = camera.subscriber(options);
        assert.deepEqual(readSubscriberDetails(dynamicConfig.bagA.readSlot(slot)!.entry), {
          portId: subscriber.id,
          portName: subscriber.name,
          nodeId: node.id,
          bufferSize,
          historyRequest,
        });
      }
      dynamicConfig.close();
    }),
  );

  it(
    "refuses options that the service does not offer, and leaves nothing behind",
    inDomain((node, domain) => {
      const camera = service(node);
      const before = domain.leftovers();
      refuses(
        () => camera.subscriber({ bufferSize: 5 }),
        SubscriberCreateError,
        "BufferSizeExceedsMaxSupportedBufferSizeOfService",
        /^cannot create a subscriber of service "Camera": bufferSize is 5, but the service allows 4/,
      );
      refuses(
        () => camera.subscriber({ historyRequest: 3 }),
        SubscriberCreateError,
        "HistoryRequestExceedsHistorySizeOfService",
        /historyRequest is 3, but the service keeps 2/,
      );
      refuses(
        () => camera.subscriber({ bufferSize: 1, historyRequest: 2 }),
        SubscriberCreateError,
        "HistoryRequestExceedsBufferSizeOfSubscriber",
        /historyRequest is 2, but its buffer holds 1/,
      );
      for (const option of ["bufferSize", "historyRequest"] as const) {
        for (const value of NOT_COUNTS) {
          refuses(
            () => camera.subscriber({ [option]: value as number }),
            InvalidArgumentError,
            "InvalidArgument",
            new RegExp(`${option} is ${value}, but must be an integer`),
          );
        }
      }
      assert.deepEqual(domain.leftovers(), before);
    }),
  );

  it(
    "is refused when there is no room for another one, with a table that is full",
    inDomain((node, domain) => {
      const camera = service(node);
      const [first] = [camera.subscriber(), camera.subscriber(), camera.subscriber()];
      camera.publisher().updateConnections();
      assert.equal(camera.numberOfSubscribers, 3);
      const before = domain.leftovers();
      refuses(
        () => camera.subscriber(),
        SubscriberCreateError,
        "ExceedsMaxSupportedSubscribers",
        /^cannot create subscriber of service "Camera": .*3 subscribers already \(maxSubscribers: 3\)/,
      );
      assert.deepEqual(domain.leftovers(), before);
      first!.close();
      camera.subscriber();
      assert.equal(camera.numberOfSubscribers, 3);
    }),
  );
});

describe("a port", () => {
  it(
    "has a name of up to 64 ASCII characters",
    inDomain((node, domain) => {
      const camera = service(node);
      const create = [
        (name: string) => camera.publisher({ name }),
        (name: string) => camera.subscriber({ name }),
      ];
      for (const port of create) {
        const before = domain.leftovers();
        refuses(() => port("x".repeat(65)), InvalidNameError, "ExceedsMaximumLength", /at most 64/);
        refuses(() => port("k\u00fche"), InvalidNameError, "InvalidContent", /U\+00FC/);
        refuses(() => port("a\0"), InvalidNameError, "InvalidContent", /U\+0000/);
        assert.deepEqual(domain.leftovers(), before);
        assert.equal(port("x".repeat(64)).name, "x".repeat(64));
      }
    }),
  );

  it(
    "is not made by a service that is closed, and is of no use when it is closed itself",
    inDomain((node) => {
      const camera = service(node);
      const publisher = camera.publisher();
      const subscriber = camera.subscriber();
      camera.close();
      assert.throws(() => camera.publisher(), ClosedError);
      assert.throws(() => camera.subscriber(), ClosedError);
      assert.equal(publisher.sendCopy(1n), 1, "ports live on");
      publisher.close();
      subscriber.close();
      publisher.close();
      subscriber.close();
      for (const use of [
        () => publisher.loan(),
        () => publisher.loanUninit(),
        () => publisher.sendCopy(1n),
        () => publisher.updateConnections(),
        () => subscriber.receive(),
        () => subscriber.hasSamples(),
        () => subscriber.drain(() => {}),
      ]) {
        refuses(use, ClosedError, "Closed", /^(publisher|subscriber) of service "Camera" is closed\.$/);
      }
      assert.deepEqual([publisher.closed, subscriber.closed], [true, true]);
    }),
  );
});
