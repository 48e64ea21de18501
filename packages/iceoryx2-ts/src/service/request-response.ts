/** What a request-response service is: its settings, their defaults and what opening one requires. */
import type { Config } from "../config/config.ts";
import { type TypeDetail, UNIT_TYPE_DETAIL } from "../payload/type-detail.ts";
import type { AttributeRequirements, Attributes } from "./attributes.ts";
import { describeIncompatibility } from "./message-type-compatibility.ts";
import type { MessageTypeDetails, RequestResponsePattern } from "./messaging-pattern.ts";
import { checkLimits, findMismatch, findShortage } from "./qos-check.ts";
import {
  RequestResponseCreateError,
  RequestResponseOpenError,
  type RequestResponseOpenErrorCode,
  RequestResponseOpenOrCreateError,
} from "./request-response-errors.ts";
import type { ServiceErrors, ServiceRequest } from "./service-request.ts";

/**
 * The quality of service. At creation a missing setting takes the default of the configuration; at opening only
 * what is set is required of the service, numbers as "at least".
 */
export interface RequestResponseQos {
  /** Whether a server's full buffer drops the client's oldest request for the new one. */
  readonly enableSafeOverflowForRequests?: boolean | undefined;
  /** Whether a pending response's full buffer drops the server's oldest response for the new one. */
  readonly enableSafeOverflowForResponses?: boolean | undefined;
  /** Whether servers also get requests whose client gave up its pending response before. */
  readonly enableFireAndForgetRequests?: boolean | undefined;
  /** How many pending responses a client can hold at the same time. */
  readonly maxActiveRequestsPerClient?: number | undefined;
  /** How many unsent requests a client can hold at the same time. */
  readonly maxLoanedRequests?: number | undefined;
  /** How many responses to one request can wait in the client, per server. */
  readonly maxResponseBufferSize?: number | undefined;
  readonly maxServers?: number | undefined;
  readonly maxClients?: number | undefined;
  readonly maxNodes?: number | undefined;
  /** How many received responses to one request a client can hold at the same time, per server. */
  readonly maxBorrowedResponsesPerPendingResponse?: number | undefined;
}

/** The system header in front of every request: see port/request-response/request-header.ts. */
export const REQUEST_HEADER_DETAIL: TypeDetail = {
  variant: "FixedSize",
  typeName: "iceoryx2::service::header::request_response::RequestHeader",
  size: 64,
  alignment: 8,
};

/** The system header in front of every response: see port/request-response/response-header.ts. */
export const RESPONSE_HEADER_DETAIL: TypeDetail = {
  variant: "FixedSize",
  typeName: "iceoryx2::service::header::request_response::ResponseHeader",
  size: 56,
  alignment: 8,
};

type Switch =
  | "enableSafeOverflowForRequests"
  | "enableSafeOverflowForResponses"
  | "enableFireAndForgetRequests";

/** The switches, with the code that opening reports when one stands otherwise. */
const SWITCHES: Readonly<Record<Switch, RequestResponseOpenErrorCode>> = {
  enableSafeOverflowForRequests: "IncompatibleOverflowBehaviorForRequests",
  enableSafeOverflowForResponses: "IncompatibleOverflowBehaviorForResponses",
  enableFireAndForgetRequests: "IncompatibleBehaviorForFireAndForgetRequests",
};
const NAMES_OF_SWITCHES = Object.keys(SWITCHES) as readonly Switch[];

type Limit = Exclude<keyof RequestResponseQos, Switch>;

/** The number settings, with the code that opening reports when the service offers less. */
const LIMITS: Readonly<Record<Limit, RequestResponseOpenErrorCode>> = {
  maxActiveRequestsPerClient: "DoesNotSupportRequestedAmountOfActiveRequestsPerClient",
  maxLoanedRequests: "DoesNotSupportRequestedAmountOfClientRequestLoans",
  maxBorrowedResponsesPerPendingResponse:
    "DoesNotSupportRequestedAmountOfBorrowedResponsesPerPendingResponse",
  maxResponseBufferSize: "DoesNotSupportRequestedResponseBufferSize",
  maxServers: "DoesNotSupportRequestedAmountOfServers",
  maxClients: "DoesNotSupportRequestedAmountOfClients",
  maxNodes: "DoesNotSupportRequestedAmountOfNodes",
};
const NAMES_OF_LIMITS = Object.keys(LIMITS) as readonly Limit[];

export interface RequestResponseRequestOptions {
  readonly serviceName: string;
  readonly config: Config;
  readonly requestPayload: TypeDetail;
  readonly requestUserHeader?: TypeDetail | undefined;
  readonly responsePayload: TypeDetail;
  readonly responseUserHeader?: TypeDetail | undefined;
  readonly qos: RequestResponseQos;
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
}

export class RequestResponseRequest implements ServiceRequest<RequestResponsePattern> {
  readonly kind = "RequestResponse" as const;
  readonly serviceName: string;
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
  readonly errors: ServiceErrors;
  readonly #origin: string;
  readonly #config: Config;
  readonly #qos: RequestResponseQos;
  readonly #requestTypes: MessageTypeDetails;
  readonly #responseTypes: MessageTypeDetails;

  /** @throws InvalidArgumentError for a setting that is no possible value. */
  constructor(options: RequestResponseRequestOptions) {
    this.serviceName = options.serviceName;
    this.attributes = options.attributes;
    this.requirements = options.requirements;
    this.#origin = `request-response service "${options.serviceName}"`;
    this.#config = options.config;
    this.#qos = options.qos;
    this.#requestTypes = {
      header: REQUEST_HEADER_DETAIL,
      userHeader: options.requestUserHeader ?? UNIT_TYPE_DETAIL,
      payload: options.requestPayload,
    };
    this.#responseTypes = {
      header: RESPONSE_HEADER_DETAIL,
      userHeader: options.responseUserHeader ?? UNIT_TYPE_DETAIL,
      payload: options.responsePayload,
    };
    this.errors = requestResponseErrors(this.#origin);
    checkLimits(this.#origin, NAMES_OF_LIMITS, options.qos);
  }

  toCreate(): RequestResponsePattern {
    const defaults = this.#config.defaults.requestResponse;
    const qos = this.#qos;
    // Upstream raises a zero to one, for a service without room for anybody is of no use.
    const limit = (name: Limit): number => Math.max(1, qos[name] ?? defaults[name]);
    const isEnabled = (name: Switch): boolean => qos[name] ?? defaults[name];
    return {
      kind: "RequestResponse",
      enableSafeOverflowForRequests: isEnabled("enableSafeOverflowForRequests"),
      enableSafeOverflowForResponses: isEnabled("enableSafeOverflowForResponses"),
      enableFireAndForgetRequests: isEnabled("enableFireAndForgetRequests"),
      maxActiveRequestsPerClient: limit("maxActiveRequestsPerClient"),
      maxLoanedRequests: limit("maxLoanedRequests"),
      maxResponseBufferSize: limit("maxResponseBufferSize"),
      maxServers: limit("maxServers"),
      maxClients: limit("maxClients"),
      maxNodes: limit("maxNodes"),
      maxBorrowedResponsesPerPendingResponse: limit("maxBorrowedResponsesPerPendingResponse"),
      requestMessageTypeDetails: this.#requestTypes,
      responseMessageTypeDetails: this.#responseTypes,
    };
  }

  checkExisting(existing: RequestResponsePattern): void {
    const incompatibility =
      describeIncompatibility("request", this.#requestTypes, existing.requestMessageTypeDetails) ??
      describeIncompatibility("response", this.#responseTypes, existing.responseMessageTypeDetails);
    if (incompatibility !== undefined) this.#refuse("IncompatibleRequestOrResponseType", incompatibility);
    const mismatch = findMismatch(NAMES_OF_SWITCHES, this.#qos, existing);
    if (mismatch !== undefined) this.#refuse(SWITCHES[mismatch.setting], mismatch.reason);
    const shortage = findShortage(NAMES_OF_LIMITS, this.#qos, existing);
    if (shortage !== undefined) this.#refuse(LIMITS[shortage.setting], shortage.reason);
  }

  #refuse(code: RequestResponseOpenErrorCode, reason: string): never {
    throw new RequestResponseOpenError(code, this.#origin, `cannot open ${this.#origin}: ${reason}`);
  }
}

function requestResponseErrors(origin: string): ServiceErrors {
  return {
    open: (code, message, cause) => new RequestResponseOpenError(code, origin, message, { cause }),
    create: (code, message, cause) => new RequestResponseCreateError(code, origin, message, { cause }),
    systemInFlux: (message, cause) =>
      new RequestResponseOpenOrCreateError("SystemInFlux", origin, message, { cause }),
  };
}
