import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "../base/general-errors.ts";
import { Config } from "../config/config.ts";
import { hostOs } from "../os/host.ts";
import { requireAttributes } from "./attributes.ts";
import { type EventQos, EventRequest } from "./event.ts";
import { EventCreateError, EventOpenError, EventOpenOrCreateError } from "./event-errors.ts";
import type { EventPattern } from "./messaging-pattern.ts";

function request(qos: EventQos = {}, config: Config = Config.default()): EventRequest {
  return new EventRequest({
    os: hostOs(),
    serviceName: "Camera/Front",
    config,
    qos,
    attributes: [],
    requirements: requireAttributes(),
  });
}

function refusal(open: EventQos, existing: EventQos): EventOpenError {
  try {
    request(open).checkExisting(request(existing).toCreate());
  } catch (error) {
    assert(error instanceof EventOpenError);
    assert.equal(error.origin, 'event service "Camera/Front"');
    assert.match(error.message, /^cannot open event service "Camera\/Front": /);
    return error;
  }
  assert.fail("it was accepted");
}

const LIMITS = [
  ["maxNotifiers", 1, "DoesNotSupportRequestedAmountOfNotifiers"],
  ["maxListeners", 1, "DoesNotSupportRequestedAmountOfListeners"],
  ["maxNodes", 1, "DoesNotSupportRequestedAmountOfNodes"],
  ["eventIdMaxValue", 0, "DoesNotSupportRequestedMaxEventId"],
] as const;

const SAME = [
  ["deadline", "IncompatibleDeadline"],
  ["notifierCreatedEvent", "IncompatibleNotifierCreatedEvent"],
  ["notifierDroppedEvent", "IncompatibleNotifierDroppedEvent"],
  ["notifierDeadEvent", "IncompatibleNotifierDeadEvent"],
] as const;

describe("a new event service", () => {
  it("takes what is not set from the configuration", () => {
    const event = {
      maxListeners: 2,
      maxNotifiers: 3,
      maxNodes: 4,
      eventIdMaxValue: 50,
      deadline: 60.5,
      notifierCreatedEvent: 7,
      notifierDroppedEvent: 8,
      notifierDeadEvent: 9,
    };
    const config = Config.with(Config.default(), { defaults: { event } });
    const { deadline, ...settings } = request({}, config).toCreate();
    const { deadline: value, ...others } = event;
    assert.deepEqual(settings, { kind: "Event", ...others });
    assert.equal(deadline?.value, value);
  });

  it("has nothing that sends itself and no deadline by default", () => {
    assert.deepEqual(request().toCreate(), {
      kind: "Event",
      maxNotifiers: 16,
      maxListeners: 16,
      maxNodes: 36,
      eventIdMaxValue: 255,
      deadline: undefined,
      notifierCreatedEvent: undefined,
      notifierDroppedEvent: undefined,
      notifierDeadEvent: undefined,
    } satisfies EventPattern);
  });

  it("can do without what the configuration wants", () => {
    const event = { deadline: 1, notifierCreatedEvent: 7, notifierDroppedEvent: 8, notifierDeadEvent: 9 };
    const config = Config.with(Config.default(), { defaults: { event } });
    for (const [setting] of SAME) {
      assert.equal(request({ [setting]: null }, config).toCreate()[setting], undefined);
      assert.notEqual(request({}, config).toCreate()[setting], undefined);
    }
  });

  it("raises a zero to what makes sense, as upstream does", () => {
    for (const [limit, least] of LIMITS) assert.equal(request({ [limit]: 0 }).toCreate()[limit], least);
  });

  it("counts its deadline from now on, in whole nanoseconds", () => {
    const before = hostOs().monotonicTime();
    const { deadline } = request({ deadline: 0.000_000_4 }).toCreate();
    const { clockType, seconds, nanoseconds } = deadline!.creationTime;
    const created = seconds * 1_000_000_000n + BigInt(nanoseconds);
    assert.equal(clockType, "Monotonic");
    assert(created >= before && created <= hostOs().monotonicTime());
    assert.equal(deadline!.value, 0);
    assert.equal(request({ deadline: 1500.000_001 }).toCreate().deadline!.value, 1500.000_001);
  });

  it("cannot send an id by itself that is too large", () => {
    for (const setting of ["notifierCreatedEvent", "notifierDroppedEvent", "notifierDeadEvent"] as const) {
      request({ eventIdMaxValue: 5, [setting]: 5 }).toCreate();
      assert.throws(
        () => request({ eventIdMaxValue: 5, [setting]: 6 }).toCreate(),
        (error) =>
          error instanceof EventCreateError &&
          error.code === "EventIdExceedsMaxSupportedValue" &&
          error.message.includes(`${setting} is 6`),
      );
    }
  });

  it("refuses settings that are no possible values", () => {
    for (const [limit] of LIMITS) {
      for (const value of [-1, 1.5, Number.NaN, 2 ** 40]) {
        assert.throws(() => request({ [limit]: value }), InvalidArgumentError, `${limit} ${value}`);
      }
    }
    for (const [setting] of SAME) {
      for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(() => request({ [setting]: value }), InvalidArgumentError, `${setting} ${value}`);
      }
    }
    assert.throws(() => request({ notifierDeadEvent: 0.5 }), InvalidArgumentError);
  });
});

describe("opening an event service", () => {
  it("requires what is set only", () => {
    const existing = { deadline: 5, notifierCreatedEvent: 1, notifierDroppedEvent: 2, notifierDeadEvent: 3 };
    request().checkExisting(request(existing).toCreate());
  });

  it("takes more, but not less", () => {
    for (const [limit, , code] of LIMITS) {
      request({ [limit]: 5 }).checkExisting(request({ [limit]: 5 }).toCreate());
      request({ [limit]: 5 }).checkExisting(request({ [limit]: 6 }).toCreate());
      const error = refusal({ [limit]: 5 }, { [limit]: 4 });
      assert.equal(error.code, code);
      assert(error.message.includes(`${limit}: 4`) && error.message.includes("at least 5"), error.message);
    }
  });

  it("takes the same deadline and the same events only, and the same lack of them", () => {
    for (const [setting, code] of SAME) {
      request({ [setting]: 5 }).checkExisting(request({ [setting]: 5 }).toCreate());
      request({ [setting]: null }).checkExisting(request({ [setting]: null }).toCreate());
      assert.equal(refusal({ [setting]: 5 }, { [setting]: 6 }).code, code);
      assert.equal(refusal({ [setting]: 0 }, { [setting]: null }).code, code);
      const error = refusal({ [setting]: null }, { [setting]: 0 });
      assert.equal(error.code, code);
      assert(error.message.includes(`${setting}: 0, but null`), error.message);
    }
    request({ deadline: 0.000_000_4 }).checkExisting(request({ deadline: 0 }).toCreate());
  });
});

it("an event service has errors of its own for what every service can run into", () => {
  const { errors } = request();
  assert(errors.open("DoesNotExist", "") instanceof EventOpenError);
  assert(errors.create("AlreadyExists", "") instanceof EventCreateError);
  assert(errors.systemInFlux("") instanceof EventOpenOrCreateError);
});
