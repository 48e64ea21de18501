import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "../base/general-errors.ts";
import { Config } from "../config/config.ts";
import type { TypeDetail } from "../payload/type-detail.ts";
import { requireAttributes } from "./attributes.ts";
import { type RequestResponseQos, RequestResponseRequest } from "./request-response.ts";
import {
  RequestResponseCreateError,
  RequestResponseOpenError,
  RequestResponseOpenOrCreateError,
} from "./request-response-errors.ts";

const question: TypeDetail = { variant: "FixedSize", typeName: "Question", size: 24, alignment: 8 };
const answer: TypeDetail = { variant: "Dynamic", typeName: "u16", size: 2, alignment: 2 };
const header: TypeDetail = { variant: "FixedSize", typeName: "Header", size: 16, alignment: 8 };

const TYPES = { requestPayload: question, responsePayload: answer };
const ALL_TYPES = { ...TYPES, requestUserHeader: header, responseUserHeader: header };
type Types = typeof TYPES & Partial<typeof ALL_TYPES>;

function request(
  qos: RequestResponseQos = {},
  types: Types = TYPES,
  config: Config = Config.default(),
): RequestResponseRequest {
  return new RequestResponseRequest({
    serviceName: "calculator",
    config,
    qos,
    attributes: [],
    requirements: requireAttributes(),
    ...types,
  });
}

function refusal(open: RequestResponseRequest, existing: RequestResponseRequest): RequestResponseOpenError {
  try {
    open.checkExisting(existing.toCreate());
  } catch (error) {
    assert(error instanceof RequestResponseOpenError);
    assert.equal(error.origin, 'request-response service "calculator"');
    assert.match(error.message, /^cannot open request-response service "calculator": /);
    return error;
  }
  assert.fail("it was accepted");
}

/** Limits with the code that opening reports for too little, in the order in which they are checked. */
const LIMITS = [
  ["maxActiveRequestsPerClient", "DoesNotSupportRequestedAmountOfActiveRequestsPerClient"],
  ["maxLoanedRequests", "DoesNotSupportRequestedAmountOfClientRequestLoans"],
  [
    "maxBorrowedResponsesPerPendingResponse",
    "DoesNotSupportRequestedAmountOfBorrowedResponsesPerPendingResponse",
  ],
  ["maxResponseBufferSize", "DoesNotSupportRequestedResponseBufferSize"],
  ["maxServers", "DoesNotSupportRequestedAmountOfServers"],
  ["maxClients", "DoesNotSupportRequestedAmountOfClients"],
  ["maxNodes", "DoesNotSupportRequestedAmountOfNodes"],
] as const;

const SWITCHES = [
  ["enableSafeOverflowForRequests", "IncompatibleOverflowBehaviorForRequests"],
  ["enableSafeOverflowForResponses", "IncompatibleOverflowBehaviorForResponses"],
  ["enableFireAndForgetRequests", "IncompatibleBehaviorForFireAndForgetRequests"],
] as const;

describe("a new request-response service", () => {
  it("takes what is not set from the configuration", () => {
    const requestResponse = {
      enableSafeOverflowForRequests: false,
      enableSafeOverflowForResponses: true,
      enableFireAndForgetRequests: false,
      maxActiveRequestsPerClient: 11,
      maxLoanedRequests: 12,
      maxResponseBufferSize: 13,
      maxServers: 14,
      maxClients: 15,
      maxNodes: 16,
      maxBorrowedResponsesPerPendingResponse: 17,
    };
    const config = Config.with(Config.default(), { defaults: { requestResponse } });
    const { requestMessageTypeDetails, responseMessageTypeDetails, ...settings } = request(
      {},
      TYPES,
      config,
    ).toCreate();
    assert.deepEqual(settings, { kind: "RequestResponse", ...requestResponse });
    const name = "iceoryx2::service::header::request_response::";
    const none: TypeDetail = { variant: "FixedSize", typeName: "()", size: 0, alignment: 1 };
    assert.deepEqual(requestMessageTypeDetails, {
      header: { variant: "FixedSize", typeName: `${name}RequestHeader`, size: 64, alignment: 8 },
      userHeader: none,
      payload: question,
    });
    assert.deepEqual(responseMessageTypeDetails, {
      header: { variant: "FixedSize", typeName: `${name}ResponseHeader`, size: 56, alignment: 8 },
      userHeader: none,
      payload: answer,
    });
  });

  for (const [name] of SWITCHES) {
    it(`takes ${name} as it is set`, () => {
      for (const value of [true, false]) assert.equal(request({ [name]: value }).toCreate()[name], value);
      assert.equal(request({ [name]: undefined }).toCreate()[name], true);
    });
  }

  for (const [limit] of LIMITS) {
    it(`with ${limit} 0 gets 1, and takes what is set`, () => {
      assert.equal(request({ [limit]: 0 }).toCreate()[limit], 1);
      assert.equal(request({ [limit]: 9 }).toCreate()[limit], 9);
      assert.equal(request({ [limit]: undefined }).toCreate()[limit], request().toCreate()[limit]);
    });

    it(`refuses what ${limit} cannot be`, () => {
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 24 + 1, "5", 5n, null]) {
        assert.throws(
          () => request({ [limit]: value as number }),
          (error) =>
            error instanceof InvalidArgumentError &&
            error.message.includes(`${limit} of request-response service "calculator" is ${value},`) &&
            error.message.includes("an integer from 0 to 16777216"),
          String(value),
        );
      }
    });
  }
});

describe("an existing request-response service", () => {
  for (const [limit, code] of LIMITS) {
    it(`must offer at least the ${limit} that are requested`, () => {
      const existing = request({ [limit]: 4 });
      request({ [limit]: 4 }).checkExisting(existing.toCreate());
      request({ [limit]: 3 }).checkExisting(existing.toCreate());
      request({ [limit]: 0 }).checkExisting(existing.toCreate());
      const error = refusal(request({ [limit]: 5 }), existing);
      assert.equal(error.code, code);
      assert(error.message.includes(`it was created with ${limit}: 4, but at least 5 are requested.`));
    });
  }

  for (const [name, code] of SWITCHES) {
    it(`must have ${name} as requested`, () => {
      for (const value of [true, false]) {
        const existing = request({ [name]: value });
        request().checkExisting(existing.toCreate());
        request({ [name]: value }).checkExisting(existing.toCreate());
        const error = refusal(request({ [name]: !value }), existing);
        assert.equal(error.code, code);
        assert(error.message.includes(`${name}: ${value}, but ${!value} is requested`));
      }
    });
  }

  for (const [message, payload, userHeader] of [
    ["request", "requestPayload", "requestUserHeader"],
    ["response", "responsePayload", "responseUserHeader"],
  ] as const) {
    it(`must have the same ${message} types`, () => {
      const existing = request({}, ALL_TYPES);
      request({}, ALL_TYPES).checkExisting(existing.toCreate());
      for (const [part, name] of [
        [payload, "payload"],
        [userHeader, "user header"],
      ] as const) {
        const type = ALL_TYPES[part];
        const variant = type.variant === "Dynamic" ? "FixedSize" : "Dynamic";
        for (const change of [{ typeName: "Other" }, { size: 32 }, { variant }, { alignment: 16 }]) {
          const error = refusal(request({}, { ...ALL_TYPES, [part]: { ...type, ...change } }), existing);
          assert.equal(error.code, "IncompatibleRequestOrResponseType");
          assert(error.message.includes(`its ${message} ${name} type is `), error.message);
        }
      }
    });

    it(`may align its ${message} more strictly than requested`, () => {
      const stricter = { ...TYPES, [payload]: { ...TYPES[payload], alignment: 64 } };
      request().checkExisting(request({}, stricter).toCreate());
    });
  }

  it("says which types differ, with both and the difference", () => {
    const open = request({}, { ...TYPES, requestPayload: { ...question, typeName: "Riddle" } });
    const { message } = refusal(open, request());
    for (const part of [
      'its request payload type is "Question" (24 bytes, alignment 8), ',
      'but "Riddle" (24 bytes, alignment 8) is requested: ',
      'the name is "Question" instead of "Riddle". Use the same type on both sides.',
    ]) {
      assert(message.includes(part), message);
    }
  });

  it("must have our system headers", () => {
    const existing = request().toCreate();
    for (const message of ["requestMessageTypeDetails", "responseMessageTypeDetails"] as const) {
      const details = existing[message];
      const other = { ...existing, [message]: { ...details, header: { ...details.header, alignment: 16 } } };
      assert.throws(
        () => request().checkExisting(other),
        (error) =>
          error instanceof RequestResponseOpenError && error.code === "IncompatibleRequestOrResponseType",
      );
    }
  });
});

describe("the errors of request-response services", () => {
  it("are made with what caused them", () => {
    const cause = new Error("why");
    const { errors } = request();
    const made = [
      [errors.open("DoesNotExist", "m", cause), RequestResponseOpenError, "DoesNotExist"],
      [errors.create("AlreadyExists", "m", cause), RequestResponseCreateError, "AlreadyExists"],
      [errors.systemInFlux("m", cause), RequestResponseOpenOrCreateError, "SystemInFlux"],
    ] as const;
    for (const [error, type, code] of made) {
      assert(error instanceof type);
      assert(type.codes.includes(code));
      assert.deepEqual([error.code, error.message, error.cause], [code, "m", cause]);
    }
  });
});
