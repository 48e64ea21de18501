import type { NodeState } from "../lifecycle/node-state.ts";
import type { ServiceState } from "../lifecycle/service-state.ts";
import type { FixedType, PayloadType } from "../payload/meaning.ts";
import { typeDetailOf, untypedError } from "../payload/type-detail.ts";
import { isUntyped, type UntypedHeader, type UntypedType } from "../payload/untyped.ts";
import type { Header } from "../port/common/loan.ts";
import { type EventQos, EventRequest } from "../service/event.ts";
import type { PublishSubscribePattern, RequestResponsePattern } from "../service/messaging-pattern.ts";
import { type PublishSubscribeQos, PublishSubscribeRequest } from "../service/publish-subscribe.ts";
import { type RequestResponseQos, RequestResponseRequest } from "../service/request-response.ts";
import { createEventService, type EventService } from "./event-service.ts";
import { createPublishSubscribeService, type PublishSubscribeService } from "./publish-subscribe-service.ts";
import { createRequestResponseService, type RequestResponseService } from "./request-response-service.ts";
import {
  attributesOf,
  type CreateOptions,
  type OpenOptions,
  type OpenVerbs,
  type ServiceVerb,
  type ServiceVerbs,
  serviceVerbs,
} from "./service-verbs.ts";

export interface PublishSubscribeTypes<H extends Header> {
  /** A header of your own, in front of every payload. */
  readonly userHeader?: H;
  /** Raises the alignment of the payload, in bytes; a power of two. */
  readonly payloadAlignment?: number | undefined;
}

export interface RequestResponseTypes<QH extends Header, SH extends Header> {
  /** A header of your own, in front of every request. */
  readonly requestUserHeader?: QH;
  /** A header of your own, in front of every response. */
  readonly responseUserHeader?: SH;
  /** Raises the alignment of the requests' payloads, in bytes; a power of two. */
  readonly requestPayloadAlignment?: number | undefined;
  /** Raises the alignment of the responses' payloads, in bytes; a power of two. */
  readonly responsePayloadAlignment?: number | undefined;
}

/** Chooses the messaging pattern and the types of a service. */
export class ServiceBuilder {
  readonly #node: NodeState;
  readonly #name: string;

  constructor(node: NodeState, name: string) {
    this.#node = node;
    this.#name = name;
  }

  /** Opens a service whatever its types are: see `untyped`. */
  publishSubscribe(
    payload: UntypedType,
  ): OpenVerbs<PublishSubscribeQos, PublishSubscribeService<UntypedType, UntypedHeader>>;
  publishSubscribe<T extends PayloadType, H extends Header = undefined>(
    payload: T,
    types?: PublishSubscribeTypes<H>,
  ): ServiceVerbs<PublishSubscribeQos, PublishSubscribeService<T, H>>;
  publishSubscribe<T extends PayloadType, H extends Header = undefined>(
    payload: T,
    types: PublishSubscribeTypes<H> = {},
  ): ServiceVerbs<PublishSubscribeQos, PublishSubscribeService<T, H>> {
    const userHeader = types.userHeader as FixedType | undefined;
    const request = (
      options: PublishSubscribeQos & CreateOptions & OpenOptions,
      verb: ServiceVerb,
    ): PublishSubscribeRequest =>
      new PublishSubscribeRequest({
        serviceName: this.#name,
        config: this.#node.config,
        payload: isUntyped(payload)
          ? this.#noTypes(verb, types)
          : typeDetailOf(payload, types.payloadAlignment),
        userHeader: userHeader === undefined ? undefined : typeDetailOf(userHeader),
        qos: options,
        ...attributesOf(options),
      });
    const toService = (state: ServiceState<PublishSubscribePattern>): PublishSubscribeService<T, H> =>
      createPublishSubscribeService<T, H>(state, payload, userHeader);
    return serviceVerbs(this.#node, `service "${this.#name}"`, request, toService);
  }

  event(): ServiceVerbs<EventQos, EventService> {
    const { os, config } = this.#node;
    const serviceName = this.#name;
    const request = (options: EventQos & CreateOptions & OpenOptions): EventRequest =>
      new EventRequest({ os, serviceName, config, qos: options, ...attributesOf(options) });
    return serviceVerbs(this.#node, `service "${serviceName}"`, request, createEventService);
  }

  requestResponse<
    Q extends PayloadType,
    S extends PayloadType,
    QH extends Header = undefined,
    SH extends Header = undefined,
  >(
    request: Q,
    response: S,
    types: RequestResponseTypes<QH, SH> = {},
  ): ServiceVerbs<RequestResponseQos, RequestResponseService<Q, S, QH, SH>> {
    const requestUserHeader = types.requestUserHeader as FixedType | undefined;
    const responseUserHeader = types.responseUserHeader as FixedType | undefined;
    const toRequest = (options: RequestResponseQos & CreateOptions & OpenOptions): RequestResponseRequest =>
      new RequestResponseRequest({
        serviceName: this.#name,
        config: this.#node.config,
        requestPayload: typeDetailOf(request, types.requestPayloadAlignment),
        requestUserHeader: requestUserHeader && typeDetailOf(requestUserHeader),
        responsePayload: typeDetailOf(response, types.responsePayloadAlignment),
        responseUserHeader: responseUserHeader && typeDetailOf(responseUserHeader),
        qos: options,
        ...attributesOf(options),
      });
    const toService = (state: ServiceState<RequestResponsePattern>): RequestResponseService<Q, S, QH, SH> =>
      createRequestResponseService<Q, S, QH, SH>(
        state,
        { payload: request, userHeader: requestUserHeader },
        { payload: response, userHeader: responseUserHeader },
      );
    return serviceVerbs(this.#node, `service "${this.#name}"`, toRequest, toService);
  }

  /** @throws PayloadTypeError `Untyped` for what cannot be done without types. */
  #noTypes(verb: ServiceVerb, { userHeader, payloadAlignment }: PublishSubscribeTypes<Header>): undefined {
    const service = `service "${this.#name}"`;
    if (verb !== "open") throw untypedError(service, `create ${service}`);
    if (userHeader === undefined && payloadAlignment === undefined) return;
    throw untypedError(service, `ask for a user header or alignment of ${service}`);
  }
}
