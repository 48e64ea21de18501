/** What two languages must agree on, and how each of them says that they do not. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import {
  f64,
  i32,
  i64,
  type PayloadType,
  type PublishSubscribeQos,
  type SubscriberOptions,
  slice,
  struct,
  u8,
  u64,
} from "iceoryx2-ts";
import { testBothDirections } from "./domain.ts";
import type { ServiceOptions } from "./participant.ts";
import { skipWithoutPython } from "./python.ts";

const openError = (code: string) => ({ name: "PublishSubscribeOpenError", code });

describe("types", { skip: skipWithoutPython }, () => {
  const Point = struct("Point", { x: i32, y: i32 });
  type Types = readonly [payload: PayloadType, options?: ServiceOptions];
  const mismatches: readonly (readonly [name: string, created: Types, opened: Types])[] = [
    ["a signed number for an unsigned one", [u64], [i64]],
    ["a number of another kind", [u64], [f64]],
    ["a slice for a fixed size", [u64], [slice(u64)]],
    ["a fixed size for a slice", [slice(u64)], [u64]],
    ["a slice of other elements", [slice(u64)], [slice(u8)]],
    ["a struct of another name", [Point], [struct("Punkt", { x: i32, y: i32 })]],
    ["a struct of another size", [Point], [struct("Point", { x: i32 })]],
    ["a larger alignment", [u64], [u64, { payloadAlignment: 16 }]],
    ["another user header", [u64, { userHeader: u64 }], [u64, { userHeader: i64 }]],
    ["a user header where there is none", [u64], [u64, { userHeader: u8 }]],
  ];
  for (const [name, [created, createdOptions], [opened, openedOptions]] of mismatches) {
    testBothDirections(`cannot be opened with ${name}`, async (from, to) => {
      await from.service("create", created, createdOptions);
      await assert.rejects(to.service("open", opened, openedOptions), openError("IncompatibleTypes"));
    });
  }

  testBothDirections("can be opened with a smaller alignment", async (from, to) => {
    await from.service("create", u64, { payloadAlignment: 32 });
    await to.service("open", u64, { payloadAlignment: 16 });
  });
});

describe("settings", { skip: skipWithoutPython }, () => {
  const qos: Required<PublishSubscribeQos> = {
    maxPublishers: 3,
    maxSubscribers: 4,
    maxNodes: 5,
    historySize: 1,
    subscriberMaxBufferSize: 6,
    subscriberMaxBorrowedSamples: 7,
    enableSafeOverflow: false,
  };
  const refusals: readonly (readonly [PublishSubscribeQos, code: string])[] = [
    [{ maxPublishers: 4 }, "DoesNotSupportRequestedAmountOfPublishers"],
    [{ maxSubscribers: 5 }, "DoesNotSupportRequestedAmountOfSubscribers"],
    [{ maxNodes: 6 }, "DoesNotSupportRequestedAmountOfNodes"],
    [{ historySize: 2 }, "DoesNotSupportRequestedMinHistorySize"],
    [{ subscriberMaxBufferSize: 7 }, "DoesNotSupportRequestedMinBufferSize"],
    [{ subscriberMaxBorrowedSamples: 8 }, "DoesNotSupportRequestedMinSubscriberBorrowedSamples"],
    [{ enableSafeOverflow: true }, "IncompatibleOverflowBehavior"],
  ];

  testBothDirections("are at least what the opener asks for, or it says what is not", async (from, to) => {
    const created = await from.service("create", u64, { qos });
    assert.deepEqual(await created.settings(), qos);
    for (const [request, code] of refusals) {
      await assert.rejects(to.service("open", u64, { qos: request }), openError(code));
    }
    const least = { ...qos, maxPublishers: 2, maxSubscribers: 1, subscriberMaxBufferSize: 6 };
    const opened = await to.service("open", u64, { qos: least });
    assert.deepEqual(await opened.settings(), qos);
  });

  testBothDirections("are the same in both languages where nothing is asked for", async (from, to) => {
    const first = await from.service("create", u64);
    const defaults = await first.settings();
    await first.close();
    const second = await to.service("create", u64);
    assert.deepEqual(await second.settings(), defaults);
  });

  testBothDirections("that are attributes can be read and required", async (from, to) => {
    const attributes = { camera: "left", "frame rate": "30" };
    await from.service("create", u64, { attributes });
    const opened = await to.service("open", u64, { attributes: { camera: "left" } });
    assert.deepEqual(await opened.attributes(), attributes);
    for (const required of [{ camera: "right" }, { lens: "wide" }]) {
      await assert.rejects(
        to.service("open", u64, { attributes: required }),
        openError("IncompatibleAttributes"),
      );
    }
  });

  testBothDirections("do not matter for a name that is taken or missing", async (from, to) => {
    await assert.rejects(to.service("open", u64), openError("DoesNotExist"));
    await from.service("create", u64);
    await assert.rejects(to.service("create", u64), {
      name: "PublishSubscribeCreateError",
      code: "AlreadyExists",
    });
  });
});

describe("a place", { skip: skipWithoutPython }, () => {
  testBothDirections("for one publisher is free again when it leaves", async (from, to) => {
    const qos = { maxPublishers: 1 };
    const publisher = await (await from.service("create", u64, { qos })).publisher();
    const opened = await to.service("open", u64);
    await assert.rejects(opened.publisher(), {
      name: "PublisherCreateError",
      code: "ExceedsMaxSupportedPublishers",
    });
    await publisher.close();
    await opened.publisher();
  });

  testBothDirections("for one subscriber is free again when it leaves", async (from, to) => {
    const qos = { maxSubscribers: 1 };
    const subscriber = await (await from.service("create", u64, { qos })).subscriber();
    const opened = await to.service("open", u64);
    await assert.rejects(opened.subscriber(), {
      name: "SubscriberCreateError",
      code: "ExceedsMaxSupportedSubscribers",
    });
    await subscriber.close();
    await opened.subscriber();
  });

  testBothDirections("for one node is the creator's", async (from, to) => {
    await from.service("create", u64, { qos: { maxNodes: 1 } });
    await assert.rejects(to.service("open", u64), openError("ExceedsMaxNumberOfNodes"));
  });

  const tooMuch: readonly (readonly [name: string, SubscriberOptions, code: string])[] = [
    ["buffer", { bufferSize: 5 }, "BufferSizeExceedsMaxSupportedBufferSizeOfService"],
    ["history", { historyRequest: 4 }, "HistoryRequestExceedsHistorySizeOfService"],
    [
      "history for its buffer",
      { bufferSize: 2, historyRequest: 3 },
      "HistoryRequestExceedsBufferSizeOfSubscriber",
    ],
  ];
  for (const [name, options, code] of tooMuch) {
    testBothDirections(`is refused to a subscriber that wants too much ${name}`, async (from, to) => {
      await from.service("create", u64, { qos: { historySize: 3, subscriberMaxBufferSize: 4 } });
      const opened = await to.service("open", u64);
      await assert.rejects(opened.subscriber(options), { name: "SubscriberCreateError", code });
    });
  }
});
