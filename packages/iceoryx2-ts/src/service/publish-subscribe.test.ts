import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "../base/general-errors.ts";
import { Config } from "../config/config.ts";
import type { TypeDetail } from "../payload/type-detail.ts";
import { requireAttributes } from "./attributes.ts";
import { type PublishSubscribeQos, PublishSubscribeRequest } from "./publish-subscribe.ts";
import {
  PublishSubscribeCreateError,
  PublishSubscribeOpenError,
  PublishSubscribeOpenOrCreateError,
} from "./publish-subscribe-errors.ts";

const payload: TypeDetail = { variant: "FixedSize", typeName: "Pose", size: 24, alignment: 8 };

function request(
  qos: PublishSubscribeQos = {},
  types: { payload?: TypeDetail; userHeader?: TypeDetail } = {},
  config: Config = Config.default(),
): PublishSubscribeRequest {
  return new PublishSubscribeRequest({
    serviceName: "Camera/Front",
    config,
    payload,
    qos,
    attributes: [],
    requirements: requireAttributes(),
    ...types,
  });
}

function refusal(
  open: PublishSubscribeRequest,
  existing: PublishSubscribeRequest,
): PublishSubscribeOpenError {
  try {
    open.checkExisting(existing.toCreate());
  } catch (error) {
    assert(error instanceof PublishSubscribeOpenError);
    assert.equal(error.origin, 'publish-subscribe service "Camera/Front"');
    assert.match(error.message, /^cannot open publish-subscribe service "Camera\/Front": /);
    return error;
  }
  assert.fail("it was accepted");
}

/** Limits, what creation makes of zero, and the code that opening reports for too little. */
const LIMITS = [
  ["maxPublishers", 1, "DoesNotSupportRequestedAmountOfPublishers"],
  ["maxSubscribers", 1, "DoesNotSupportRequestedAmountOfSubscribers"],
  ["maxNodes", 1, "DoesNotSupportRequestedAmountOfNodes"],
  ["historySize", 0, "DoesNotSupportRequestedMinHistorySize"],
  ["subscriberMaxBufferSize", 1, "DoesNotSupportRequestedMinBufferSize"],
  ["subscriberMaxBorrowedSamples", 1, "DoesNotSupportRequestedMinSubscriberBorrowedSamples"],
] as const;

describe("a new publish-subscribe service", () => {
  it("takes what is not set from the configuration", () => {
    const config = Config.with(Config.default(), {
      defaults: {
        publishSubscribe: {
          maxSubscribers: 11,
          maxPublishers: 12,
          maxNodes: 13,
          publisherHistorySize: 14,
          subscriberMaxBufferSize: 15,
          subscriberMaxBorrowedSamples: 16,
          enableSafeOverflow: false,
        },
      },
    });
    const { messageTypeDetails, ...settings } = request({}, {}, config).toCreate();
    assert.deepEqual(settings, {
      kind: "PublishSubscribe",
      maxSubscribers: 11,
      maxPublishers: 12,
      maxNodes: 13,
      historySize: 14,
      subscriberMaxBufferSize: 15,
      subscriberMaxBorrowedSamples: 16,
      enableSafeOverflow: false,
    });
    assert.deepEqual(messageTypeDetails, {
      header: {
        variant: "FixedSize",
        typeName: "iceoryx2::service::header::publish_subscribe::Header",
        size: 48,
        alignment: 8,
      },
      userHeader: { variant: "FixedSize", typeName: "()", size: 0, alignment: 1 },
      payload,
    });
  });

  for (const [limit, least] of LIMITS) {
    it(`with ${limit} 0 gets ${least}, and takes what is set`, () => {
      assert.equal(request({ [limit]: 0 }).toCreate()[limit], least);
      assert.equal(request({ [limit]: 9 }).toCreate()[limit], 9);
      assert.equal(request({ [limit]: undefined }).toCreate()[limit], request().toCreate()[limit]);
    });

    it(`refuses what ${limit} cannot be`, () => {
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 24 + 1, "5", 5n, null]) {
        assert.throws(
          () => request({ [limit]: value as number }),
          (error) =>
            error instanceof InvalidArgumentError &&
            error.message.includes(`${limit} of publish-subscribe service "Camera/Front" is ${value},`) &&
            error.message.includes("an integer from 0 to 16777216"),
          String(value),
        );
      }
    });
  }

  it("without overflow needs a buffer that holds the whole history", () => {
    const qos = { enableSafeOverflow: false, historySize: 3, subscriberMaxBufferSize: 2 };
    assert.throws(
      () => request(qos).toCreate(),
      (error) =>
        error instanceof PublishSubscribeCreateError &&
        error.code === "SubscriberBufferMustBeLargerThanHistorySize" &&
        error.message.includes("subscriberMaxBufferSize is 2 and historySize is 3"),
    );
    request({ ...qos, historySize: 2 }).toCreate();
    request({ ...qos, enableSafeOverflow: true }).toCreate();
  });
});

describe("an existing publish-subscribe service", () => {
  for (const [limit, , code] of LIMITS) {
    it(`must offer at least the ${limit} that are requested`, () => {
      const existing = request({ [limit]: 4 });
      request({ [limit]: 4 }).checkExisting(existing.toCreate());
      request({ [limit]: 3 }).checkExisting(existing.toCreate());
      const error = refusal(request({ [limit]: 5 }), existing);
      assert.equal(error.code, code);
      assert(error.message.includes(`it was created with ${limit}: 4, but at least 5 are requested.`));
    });
  }

  it("must overflow as requested", () => {
    for (const enableSafeOverflow of [true, false]) {
      const existing = request({ enableSafeOverflow, historySize: 0 });
      request().checkExisting(existing.toCreate());
      request({ enableSafeOverflow }).checkExisting(existing.toCreate());
      const error = refusal(request({ enableSafeOverflow: !enableSafeOverflow }), existing);
      assert.equal(error.code, "IncompatibleOverflowBehavior");
      assert(error.message.includes(`enableSafeOverflow: ${enableSafeOverflow}`));
    }
  });

  it("must have the same payload and user header types", () => {
    const userHeader: TypeDetail = { variant: "FixedSize", typeName: "Header", size: 16, alignment: 8 };
    const existing = request({}, { payload, userHeader });
    request({}, { payload, userHeader }).checkExisting(existing.toCreate());
    for (const change of [
      { typeName: "Position" },
      { size: 32 },
      { variant: "Dynamic" as const },
      { alignment: 16 },
    ]) {
      for (const types of [
        { payload: { ...payload, ...change }, userHeader },
        { payload, userHeader: { ...userHeader, ...change } },
      ]) {
        assert.equal(refusal(request({}, types), existing).code, "IncompatibleTypes");
      }
    }
    const error = refusal(request({}, { payload }), existing);
    assert.equal(error.code, "IncompatibleTypes");
    assert.match(error.message, /its user header type is /);
  });

  it("may be aligned more strictly than requested", () => {
    request({}, { payload: { ...payload, alignment: 4 } }).checkExisting(request().toCreate());
  });

  it("must have our system header", () => {
    const existing = request().toCreate();
    const { header } = existing.messageTypeDetails;
    const other = { ...existing, messageTypeDetails: { ...existing.messageTypeDetails } };
    Object.assign(other.messageTypeDetails, { header: { ...header, alignment: 16 } });
    assert.throws(
      () => request().checkExisting(other),
      (error) => error instanceof PublishSubscribeOpenError && error.code === "IncompatibleTypes",
    );
  });
});

describe("the errors of publish-subscribe services", () => {
  it("are made with what caused them", () => {
    const cause = new Error("why");
    const { errors } = request();
    const made = [
      [errors.open("DoesNotExist", "m", cause), PublishSubscribeOpenError, "DoesNotExist"],
      [errors.create("AlreadyExists", "m", cause), PublishSubscribeCreateError, "AlreadyExists"],
      [errors.systemInFlux("m", cause), PublishSubscribeOpenOrCreateError, "SystemInFlux"],
    ] as const;
    for (const [error, type, code] of made) {
      assert(error instanceof type);
      assert(type.codes.includes(code));
      assert.deepEqual([error.code, error.message, error.cause], [code, "m", cause]);
    }
  });
});
