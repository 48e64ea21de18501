import type { ServiceState } from "../lifecycle/service-state.ts";
import type { FixedType, PayloadType } from "../payload/meaning.ts";
import type { Header } from "../port/common/loan.ts";
import { type MessageTypes, messageTypes } from "../port/common/message-types.ts";
import { createPublisher } from "../port/publish-subscribe/create-publisher.ts";
import { createSubscriber } from "../port/publish-subscribe/create-subscriber.ts";
import type { Publisher, PublisherOptions } from "../port/publish-subscribe/publisher.ts";
import { sampleLength } from "../port/publish-subscribe/sample-header.ts";
import type { Subscriber, SubscriberOptions } from "../port/publish-subscribe/subscriber.ts";
import type { PublishSubscribePattern } from "../service/messaging-pattern.ts";
import {
  type PublisherDetails,
  readPublisherDetails,
  readSubscriberDetails,
  type SubscriberDetails,
} from "../service/port-details.ts";
import { type PortFactory, ServiceHandle } from "./port-factory.ts";

/** A publish-subscribe service that is open here: the factory of its ports. */
export interface PublishSubscribeService<T extends PayloadType, H extends Header = undefined>
  extends PortFactory<PublishSubscribePattern> {
  readonly numberOfPublishers: number;
  readonly numberOfSubscribers: number;
  /** What the publishers of all processes tell about themselves. @throws ClosedError */
  publishers(): PublisherDetails[];
  /** What the subscribers of all processes tell about themselves. @throws ClosedError */
  subscribers(): SubscriberDetails[];
  /** @throws PublisherCreateError, InvalidNameError, InvalidArgumentError, ClosedError */
  publisher(options?: PublisherOptions): Publisher<T, H>;
  /** @throws SubscriberCreateError, InvalidNameError, InvalidArgumentError, ClosedError */
  subscriber(options?: SubscriberOptions): Subscriber<T, H>;
}

export function createPublishSubscribeService<T extends PayloadType, H extends Header>(
  state: ServiceState<PublishSubscribePattern>,
  payload: T,
  userHeader: FixedType | undefined,
): PublishSubscribeService<T, H> {
  return new PublishSubscribeHandle<T, H>(
    state,
    messageTypes(state.pattern.messageTypeDetails, payload, userHeader, sampleLength),
  );
}

class PublishSubscribeHandle<T extends PayloadType, H extends Header>
  extends ServiceHandle<PublishSubscribePattern>
  implements PublishSubscribeService<T, H>
{
  readonly #types: MessageTypes;

  constructor(state: ServiceState<PublishSubscribePattern>, types: MessageTypes) {
    super(state);
    this.#types = types;
  }

  get numberOfPublishers(): number {
    return this.demandOpen().dynamicConfig.bagB.length;
  }

  get numberOfSubscribers(): number {
    return this.demandOpen().dynamicConfig.bagA.length;
  }

  publishers(): PublisherDetails[] {
    const { bagB } = this.demandOpen().dynamicConfig;
    return bagB
      .readAll()
      .map(readPublisherDetails)
      .filter((details) => details !== undefined);
  }

  subscribers(): SubscriberDetails[] {
    return this.demandOpen().dynamicConfig.bagA.readAll().map(readSubscriberDetails);
  }

  publisher(options: PublisherOptions = {}): Publisher<T, H> {
    return createPublisher<T, H>(this.demandOpen(), this.#types, options);
  }

  subscriber(options: SubscriberOptions = {}): Subscriber<T, H> {
    return createSubscriber<T, H>(this.demandOpen(), this.#types, options);
  }
}
