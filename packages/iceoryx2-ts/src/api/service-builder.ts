import { ClosedError } from "../base/general-errors.ts";
import type { NodeState } from "../lifecycle/node-state.ts";
import { serviceSteps } from "../lifecycle/service-lifecycle.ts";
import type { ServiceState } from "../lifecycle/service-state.ts";
import { type RunOptions, runAsync, runSync, type Steps } from "../os/steps.ts";
import type { FixedType, PayloadType } from "../payload/meaning.ts";
import { typeDetailOf } from "../payload/type-detail.ts";
import type { Header } from "../port/common/loan.ts";
import { type AttributeValues, defineAttributes, requireAttributes } from "../service/attributes.ts";
import { type PublishSubscribeQos, PublishSubscribeRequest } from "../service/publish-subscribe.ts";
import type { ServiceRequest } from "../service/service-request.ts";
import type { MessagingPattern, PublishSubscribePattern } from "../service/static-config.ts";
import { createPublishSubscribeService, type PublishSubscribeService } from "./publish-subscribe-service.ts";

/** What a new service gets beside its quality of service. */
export interface CreateOptions {
  /** Up to 8 in all; a key may have several values. */
  readonly attributes?: AttributeValues | undefined;
}

/** What an existing service must have beside its quality of service. */
export interface OpenOptions {
  readonly requireAttributes?: AttributeValues | undefined;
  readonly requireAttributeKeys?: readonly string[] | undefined;
}

/**
 * The ways to get hold of a service.
 *
 * The plain verbs pause the thread while another process finishes creating or removing the service, at most for
 * `config.global.creationTimeout`; the `Async` ones let the event loop run meanwhile.
 */
export interface ServiceVerbs<Qos, Service> {
  /** @throws the pattern's create error, such as `AlreadyExists`. */
  create(options?: Qos & CreateOptions): Service;
  /** @throws the pattern's open error, such as `DoesNotExist` or `IncompatibleTypes`. */
  open(options?: Qos & OpenOptions): Service;
  /** Opens the service if it exists, and creates it with the same options otherwise. */
  openOrCreate(options?: Qos & OpenOptions): Service;
  createAsync(options?: Qos & CreateOptions & RunOptions): Promise<Service>;
  /** @throws TimeoutError, the signal's reason, and as `open`. */
  openAsync(options?: Qos & OpenOptions & RunOptions): Promise<Service>;
  openOrCreateAsync(options?: Qos & OpenOptions & RunOptions): Promise<Service>;
}

export interface PublishSubscribeTypes<H extends Header> {
  /** A header of your own, in front of every payload. */
  readonly userHeader?: H;
  /** Raises the alignment of the payload, in bytes; a power of two. */
  readonly payloadAlignment?: number | undefined;
}

/** Chooses the messaging pattern and the types of a service. */
export class ServiceBuilder {
  readonly #node: NodeState;
  readonly #name: string;

  constructor(node: NodeState, name: string) {
    this.#node = node;
    this.#name = name;
  }

  publishSubscribe<T extends PayloadType, H extends Header = undefined>(
    payload: T,
    types: PublishSubscribeTypes<H> = {},
  ): ServiceVerbs<PublishSubscribeQos, PublishSubscribeService<T, H>> {
    const node = this.#node;
    const userHeader = types.userHeader as FixedType | undefined;
    const request = (options: PublishSubscribeQos & CreateOptions & OpenOptions): PublishSubscribeRequest =>
      new PublishSubscribeRequest({
        serviceName: this.#name,
        config: node.config,
        payload: typeDetailOf(payload, types.payloadAlignment),
        userHeader: userHeader === undefined ? undefined : typeDetailOf(userHeader),
        qos: options,
        // What openOrCreate requires is what it creates the service with.
        attributes: defineAttributes(options.attributes ?? options.requireAttributes ?? {}),
        requirements: requireAttributes(options.requireAttributes, options.requireAttributeKeys),
      });
    const toService = (state: ServiceState<PublishSubscribePattern>): PublishSubscribeService<T, H> =>
      createPublishSubscribeService<T, H>(state, payload, userHeader);
    return serviceVerbs(node, `service "${this.#name}"`, request, toService);
  }
}

type AllOptions<Qos> = Qos & CreateOptions & OpenOptions & RunOptions;

/** The six verbs of a pattern, from what a caller wants and from what a service becomes. */
function serviceVerbs<Qos extends object, P extends MessagingPattern, Service>(
  node: NodeState,
  origin: string,
  toRequest: (options: AllOptions<Qos>) => ServiceRequest<P>,
  toService: (state: ServiceState<P>) => Service,
): ServiceVerbs<Qos, Service> {
  type Verb = keyof typeof serviceSteps;
  const start = (verb: Verb, options: AllOptions<Qos>): Steps<ServiceState<P>> => {
    if (node.isClosed) throw new ClosedError(node.origin);
    return serviceSteps[verb](node, toRequest(options));
  };
  const none = {} as AllOptions<Qos>;
  const sync =
    (verb: Verb) =>
    (options: AllOptions<Qos> = none): Service =>
      toService(runSync(node.os, start(verb, options)));
  const async =
    (verb: Verb) =>
    async (options: AllOptions<Qos> = none): Promise<Service> =>
      toService(await runAsync(node.os, origin, start(verb, options), options));
  return {
    create: sync("create"),
    open: sync("open"),
    openOrCreate: sync("openOrCreate"),
    createAsync: async("create"),
    openAsync: async("open"),
    openOrCreateAsync: async("openOrCreate"),
  };
}
