/** Creating and opening a service: the same six verbs for every messaging pattern. */
import { ClosedError } from "../base/general-errors.ts";
import type { NodeState } from "../lifecycle/node-state.ts";
import { serviceSteps } from "../lifecycle/service-lifecycle.ts";
import type { ServiceState } from "../lifecycle/service-state.ts";
import { type RunOptions, runAsync, runSync, type Steps } from "../os/steps.ts";
import {
  type AttributeRequirements,
  type Attributes,
  type AttributeValues,
  defineAttributes,
  requireAttributes,
} from "../service/attributes.ts";
import type { MessagingPattern } from "../service/messaging-pattern.ts";
import type { ServiceRequest } from "../service/service-request.ts";

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

/** What a request holds of the options whatever its pattern. */
export function attributesOf(options: CreateOptions & OpenOptions): {
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
} {
  return {
    // What openOrCreate requires is what it creates the service with.
    attributes: defineAttributes(options.attributes ?? options.requireAttributes ?? {}),
    requirements: requireAttributes(options.requireAttributes, options.requireAttributeKeys),
  };
}

/** The ways to get hold of a service whose types are known only to itself. */
export type OpenVerbs<Qos, Service> = Pick<ServiceVerbs<Qos, Service>, "open" | "openAsync">;

export type ServiceVerb = keyof typeof serviceSteps;

type AllOptions<Qos> = Qos & CreateOptions & OpenOptions & RunOptions;

/** The six verbs of a pattern, from what a caller wants and from what a service becomes. */
export function serviceVerbs<Qos extends object, P extends MessagingPattern, Service>(
  node: NodeState,
  origin: string,
  toRequest: (options: AllOptions<Qos>, verb: ServiceVerb) => ServiceRequest<P>,
  toService: (state: ServiceState<P>) => Service,
): ServiceVerbs<Qos, Service> {
  const start = (verb: ServiceVerb, options: AllOptions<Qos>): Steps<ServiceState<P>> => {
    if (node.isClosed) throw new ClosedError(node.origin);
    return serviceSteps[verb](node, toRequest(options, verb));
  };
  const none = {} as AllOptions<Qos>;
  const sync =
    (verb: ServiceVerb) =>
    (options: AllOptions<Qos> = none): Service =>
      toService(runSync(node.os, start(verb, options)));
  const async =
    (verb: ServiceVerb) =>
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
