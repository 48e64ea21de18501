/** What a publish-subscribe service is: its settings, their defaults and what opening one requires. */
import { assert } from "../base/assert.ts";
import type { Config } from "../config/config.ts";
import { type TypeDetail, UNIT_TYPE_DETAIL } from "../payload/type-detail.ts";
import type { AttributeRequirements, Attributes } from "./attributes.ts";
import { describeIncompatibility, type RequestedTypes } from "./message-type-compatibility.ts";
import {
  PublishSubscribeCreateError,
  PublishSubscribeOpenError,
  type PublishSubscribeOpenErrorCode,
  PublishSubscribeOpenOrCreateError,
} from "./publish-subscribe-errors.ts";
import { checkLimits, findMismatch, findShortage } from "./qos-check.ts";
import type { ServiceErrors, ServiceRequest } from "./service-request.ts";
import type { PublishSubscribePattern } from "./static-config.ts";

/**
 * The quality of service. At creation a missing setting takes the default of the configuration; at opening only
 * what is set is required of the service, numbers as "at least".
 */
export interface PublishSubscribeQos {
  readonly maxPublishers?: number | undefined;
  readonly maxSubscribers?: number | undefined;
  readonly maxNodes?: number | undefined;
  /** How many of the last samples a late subscriber can get from each publisher. */
  readonly historySize?: number | undefined;
  /** How many samples can wait for a subscriber per publisher. */
  readonly subscriberMaxBufferSize?: number | undefined;
  /** How many samples a subscriber can hold at the same time per publisher. */
  readonly subscriberMaxBorrowedSamples?: number | undefined;
  /** Whether a full buffer drops its oldest sample for the new one. */
  readonly enableSafeOverflow?: boolean | undefined;
}

/** The system header in front of every sample: node id, publisher id, number of elements, payload offset. */
export const SAMPLE_HEADER_DETAIL: TypeDetail = {
  variant: "FixedSize",
  typeName: "iceoryx2::service::header::publish_subscribe::Header",
  size: 48,
  alignment: 8,
};

/** The number settings, with the code that opening reports when the service offers less. */
const LIMITS: Readonly<
  Record<keyof Omit<PublishSubscribeQos, "enableSafeOverflow">, PublishSubscribeOpenErrorCode>
> = {
  maxPublishers: "DoesNotSupportRequestedAmountOfPublishers",
  maxSubscribers: "DoesNotSupportRequestedAmountOfSubscribers",
  subscriberMaxBufferSize: "DoesNotSupportRequestedMinBufferSize",
  historySize: "DoesNotSupportRequestedMinHistorySize",
  subscriberMaxBorrowedSamples: "DoesNotSupportRequestedMinSubscriberBorrowedSamples",
  maxNodes: "DoesNotSupportRequestedAmountOfNodes",
};
type Limit = keyof typeof LIMITS;

const NAMES_OF_LIMITS = Object.keys(LIMITS) as readonly Limit[];

export interface PublishSubscribeRequestOptions {
  readonly serviceName: string;
  readonly config: Config;
  /** Undefined to open a service whatever its types are; it cannot be created then. */
  readonly payload: TypeDetail | undefined;
  readonly userHeader?: TypeDetail | undefined;
  readonly qos: PublishSubscribeQos;
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
}

export class PublishSubscribeRequest implements ServiceRequest<PublishSubscribePattern> {
  readonly kind = "PublishSubscribe" as const;
  readonly serviceName: string;
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
  readonly errors: ServiceErrors;
  readonly #origin: string;
  readonly #config: Config;
  readonly #qos: PublishSubscribeQos;
  readonly #types: RequestedTypes;

  /** @throws InvalidArgumentError for a setting that is no possible value. */
  constructor(options: PublishSubscribeRequestOptions) {
    this.serviceName = options.serviceName;
    this.attributes = options.attributes;
    this.requirements = options.requirements;
    this.#origin = `publish-subscribe service "${options.serviceName}"`;
    this.#config = options.config;
    this.#qos = options.qos;
    this.#types = {
      header: SAMPLE_HEADER_DETAIL,
      userHeader: options.payload && (options.userHeader ?? UNIT_TYPE_DETAIL),
      payload: options.payload,
    };
    this.errors = publishSubscribeErrors(this.#origin);
    checkLimits(this.#origin, NAMES_OF_LIMITS, options.qos);
  }

  toCreate(): PublishSubscribePattern {
    const defaults = this.#config.defaults.publishSubscribe;
    const qos = this.#qos;
    const { header, userHeader, payload } = this.#types;
    assert(userHeader !== undefined && payload !== undefined, "only services with known types are created");
    // Upstream raises a zero to one, for a service without room for anybody is of no use.
    const atLeastOne = (value: number): number => Math.max(1, value);
    const pattern: PublishSubscribePattern = {
      kind: "PublishSubscribe",
      maxSubscribers: atLeastOne(qos.maxSubscribers ?? defaults.maxSubscribers),
      maxPublishers: atLeastOne(qos.maxPublishers ?? defaults.maxPublishers),
      maxNodes: atLeastOne(qos.maxNodes ?? defaults.maxNodes),
      historySize: qos.historySize ?? defaults.publisherHistorySize,
      subscriberMaxBufferSize: atLeastOne(qos.subscriberMaxBufferSize ?? defaults.subscriberMaxBufferSize),
      subscriberMaxBorrowedSamples: atLeastOne(
        qos.subscriberMaxBorrowedSamples ?? defaults.subscriberMaxBorrowedSamples,
      ),
      enableSafeOverflow: qos.enableSafeOverflow ?? defaults.enableSafeOverflow,
      messageTypeDetails: { header, userHeader, payload },
    };
    if (!pattern.enableSafeOverflow && pattern.subscriberMaxBufferSize < pattern.historySize) {
      throw new PublishSubscribeCreateError(
        "SubscriberBufferMustBeLargerThanHistorySize",
        this.#origin,
        `cannot create ${this.#origin}: without safe overflow the subscribers' buffer must hold the whole history, but subscriberMaxBufferSize is ${pattern.subscriberMaxBufferSize} and historySize is ${pattern.historySize}. Raise the one, lower the other, or enable safe overflow.`,
      );
    }
    return pattern;
  }

  checkExisting(existing: PublishSubscribePattern): void {
    const incompatibility = describeIncompatibility("", this.#types, existing.messageTypeDetails);
    if (incompatibility !== undefined) this.#refuse("IncompatibleTypes", incompatibility);
    const shortage = findShortage(NAMES_OF_LIMITS, this.#qos, existing);
    if (shortage !== undefined) this.#refuse(LIMITS[shortage.setting], shortage.reason);
    const mismatch = findMismatch(["enableSafeOverflow"], this.#qos, existing);
    if (mismatch !== undefined) this.#refuse("IncompatibleOverflowBehavior", mismatch.reason);
  }

  #refuse(code: PublishSubscribeOpenErrorCode, reason: string): never {
    throw new PublishSubscribeOpenError(code, this.#origin, `cannot open ${this.#origin}: ${reason}`);
  }
}

function publishSubscribeErrors(origin: string): ServiceErrors {
  return {
    open: (code, message, cause) => new PublishSubscribeOpenError(code, origin, message, { cause }),
    create: (code, message, cause) => new PublishSubscribeCreateError(code, origin, message, { cause }),
    systemInFlux: (message, cause) =>
      new PublishSubscribeOpenOrCreateError("SystemInFlux", origin, message, { cause }),
  };
}
