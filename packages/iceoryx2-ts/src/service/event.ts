/** What an event service is: its settings, their defaults and what opening one requires. */
import { isDuration, joinDuration, MAX_DURATION, splitDuration } from "../base/duration.ts";
import { InvalidArgumentError } from "../base/general-errors.ts";
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import type { AttributeRequirements, Attributes } from "./attributes.ts";
import {
  EventCreateError,
  EventOpenError,
  type EventOpenErrorCode,
  EventOpenOrCreateError,
} from "./event-errors.ts";
import type { EventDeadline, EventPattern } from "./messaging-pattern.ts";
import { checkLimits, findShortage } from "./qos-check.ts";
import type { ServiceErrors, ServiceRequest } from "./service-request.ts";

/**
 * The quality of service. At creation a missing setting takes the default of the configuration; at opening only
 * what is set is required of the service, numbers as "at least", the deadline and the three events as "the same".
 */
export interface EventQos {
  readonly maxNotifiers?: number | undefined;
  readonly maxListeners?: number | undefined;
  readonly maxNodes?: number | undefined;
  /** The largest event id. Every listener has a counter of 8 bytes for each. */
  readonly eventIdMaxValue?: number | undefined;
  /** The longest time between two notifications, in milliseconds; `null`: any. */
  readonly deadline?: number | null | undefined;
  /** The id that a new notifier sends; `null`: none. */
  readonly notifierCreatedEvent?: number | null | undefined;
  /** The id that a notifier sends when it is closed; `null`: none. */
  readonly notifierDroppedEvent?: number | null | undefined;
  /** The id that is sent when the process of a notifier was found dead; `null`: none. */
  readonly notifierDeadEvent?: number | null | undefined;
}

/** The settings that are "at least", with the code that opening reports when the service offers less. */
const LIMITS = {
  maxNotifiers: "DoesNotSupportRequestedAmountOfNotifiers",
  maxListeners: "DoesNotSupportRequestedAmountOfListeners",
  eventIdMaxValue: "DoesNotSupportRequestedMaxEventId",
  maxNodes: "DoesNotSupportRequestedAmountOfNodes",
} as const satisfies Partial<Record<keyof EventQos, EventOpenErrorCode>>;
const NAMES_OF_LIMITS = Object.keys(LIMITS) as readonly (keyof typeof LIMITS)[];
const COUNTS = ["maxNotifiers", "maxListeners", "maxNodes"] as const;

/** The ids that are sent by themselves, with the code that opening reports when the service has another. */
const LIFE_EVENTS = {
  notifierCreatedEvent: "IncompatibleNotifierCreatedEvent",
  notifierDroppedEvent: "IncompatibleNotifierDroppedEvent",
  notifierDeadEvent: "IncompatibleNotifierDeadEvent",
} as const satisfies Partial<Record<keyof EventQos, EventOpenErrorCode>>;
const NAMES_OF_LIFE_EVENTS = Object.keys(LIFE_EVENTS) as readonly (keyof typeof LIFE_EVENTS)[];

/** Peers have room for 64 bits; no machine has memory for so many counters. */
const EVENT_ID_MAX = 2 ** 32 - 1;

export interface EventRequestOptions {
  readonly os: Os;
  readonly serviceName: string;
  readonly config: Config;
  readonly qos: EventQos;
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
}

export class EventRequest implements ServiceRequest<EventPattern> {
  readonly kind = "Event" as const;
  readonly serviceName: string;
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
  readonly errors: ServiceErrors;
  readonly #os: Os;
  readonly #origin: string;
  readonly #config: Config;
  readonly #qos: EventQos;

  /** @throws InvalidArgumentError for a setting that is no possible value. */
  constructor(options: EventRequestOptions) {
    this.serviceName = options.serviceName;
    this.attributes = options.attributes;
    this.requirements = options.requirements;
    this.#os = options.os;
    this.#origin = `event service "${options.serviceName}"`;
    this.#config = options.config;
    this.#qos = options.qos;
    this.errors = eventErrors(this.#origin);
    checkQos(this.#origin, options.qos);
  }

  toCreate(): EventPattern {
    const defaults = this.#config.defaults.event;
    const qos = this.#qos;
    // Upstream raises a zero to one, for a service without room for anybody is of no use.
    const atLeastOne = (value: number): number => Math.max(1, value);
    const pattern: EventPattern = {
      kind: "Event",
      maxNotifiers: atLeastOne(qos.maxNotifiers ?? defaults.maxNotifiers),
      maxListeners: atLeastOne(qos.maxListeners ?? defaults.maxListeners),
      maxNodes: atLeastOne(qos.maxNodes ?? defaults.maxNodes),
      eventIdMaxValue: qos.eventIdMaxValue ?? defaults.eventIdMaxValue,
      deadline: this.#deadlineFromNow(setOr(qos.deadline, defaults.deadline)),
      notifierCreatedEvent: setOr(qos.notifierCreatedEvent, defaults.notifierCreatedEvent),
      notifierDroppedEvent: setOr(qos.notifierDroppedEvent, defaults.notifierDroppedEvent),
      notifierDeadEvent: setOr(qos.notifierDeadEvent, defaults.notifierDeadEvent),
    };
    for (const name of NAMES_OF_LIFE_EVENTS) this.#checkLifeEvent(name, pattern);
    return pattern;
  }

  checkExisting(existing: EventPattern): void {
    const shortage = findShortage(NAMES_OF_LIMITS, this.#qos, existing);
    if (shortage !== undefined) this.#refuse(LIMITS[shortage.setting], shortage.reason);
    for (const name of NAMES_OF_LIFE_EVENTS) {
      this.#demandSame(LIFE_EVENTS[name], name, this.#qos[name], existing[name]);
    }
    const deadline = this.#qos.deadline && asStored(this.#qos.deadline);
    this.#demandSame("IncompatibleDeadline", "deadline", deadline, existing.deadline?.value);
  }

  #deadlineFromNow(value: number | undefined): EventDeadline | undefined {
    if (value === undefined) return undefined;
    const { seconds, nanoseconds } = splitNanoseconds(this.#os.monotonicTime());
    return { creationTime: { clockType: "Monotonic", seconds, nanoseconds }, value: asStored(value) };
  }

  #checkLifeEvent(name: keyof typeof LIFE_EVENTS, pattern: EventPattern): void {
    const id = pattern[name];
    if (id === undefined || id <= pattern.eventIdMaxValue) return;
    throw new EventCreateError(
      "EventIdExceedsMaxSupportedValue",
      this.#origin,
      `cannot create ${this.#origin}: ${name} is ${id}, but the largest event id is ${pattern.eventIdMaxValue} (eventIdMaxValue: ${pattern.eventIdMaxValue}). Use a smaller id, or raise eventIdMaxValue.`,
    );
  }

  #demandSame(
    code: EventOpenErrorCode,
    name: string,
    requested: number | null | undefined,
    existing: number | undefined,
  ): void {
    if (requested === undefined || requested === (existing ?? null)) return;
    this.#refuse(
      code,
      `it was created with ${name}: ${existing ?? null}, but ${requested} is requested. Both sides must use the same.`,
    );
  }

  #refuse(code: EventOpenErrorCode, reason: string): never {
    throw new EventOpenError(code, this.#origin, `cannot open ${this.#origin}: ${reason}`);
  }
}

/** What is set, or the default; in a pattern undefined stands for "none". */
function setOr(value: number | null | undefined, fallback: number | null): number | undefined {
  return (value === undefined ? fallback : value) ?? undefined;
}

/** A deadline as everybody reads it again: in whole nanoseconds. */
function asStored(milliseconds: number): number {
  return joinDuration(splitDuration(milliseconds));
}

function splitNanoseconds(time: bigint): { seconds: bigint; nanoseconds: number } {
  const perSecond = 1_000_000_000n;
  return { seconds: time / perSecond, nanoseconds: Number(time % perSecond) };
}

function eventErrors(origin: string): ServiceErrors {
  return {
    open: (code, message, cause) => new EventOpenError(code, origin, message, { cause }),
    create: (code, message, cause) => new EventCreateError(code, origin, message, { cause }),
    systemInFlux: (message, cause) => new EventOpenOrCreateError("SystemInFlux", origin, message, { cause }),
  };
}

function checkQos(origin: string, qos: EventQos): void {
  checkLimits(origin, COUNTS, qos);
  checkLimits(origin, ["eventIdMaxValue"], qos, EVENT_ID_MAX);
  for (const name of NAMES_OF_LIFE_EVENTS) {
    checkLimits(origin, [name], { [name]: qos[name] ?? undefined }, EVENT_ID_MAX);
  }
  const { deadline } = qos;
  if (deadline === undefined || deadline === null || isDuration(deadline)) return;
  throw new InvalidArgumentError(
    origin,
    `deadline of ${origin} is ${deadline}, but must be null or a number of milliseconds from 0 to ${MAX_DURATION}.`,
  );
}
