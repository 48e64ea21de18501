import { ClosedError } from "../base/general-errors.ts";
import { blockingCleanup, cleanupAsync, tryCleanup } from "../lifecycle/cleanup.ts";
import type { NodeResource } from "../lifecycle/node-state.ts";
import type { ServiceState } from "../lifecycle/service-state.ts";
import type { RunOptions } from "../os/steps.ts";
import type { FixedType, PayloadType } from "../payload/meaning.ts";
import type { Header } from "../port/common/loan.ts";
import { type MessageTypes, messageTypes } from "../port/common/message-types.ts";
import { createPublisher } from "../port/publish-subscribe/create-publisher.ts";
import { createSubscriber } from "../port/publish-subscribe/create-subscriber.ts";
import type { Publisher, PublisherOptions } from "../port/publish-subscribe/publisher.ts";
import { sampleLength } from "../port/publish-subscribe/sample-header.ts";
import type { Subscriber, SubscriberOptions } from "../port/publish-subscribe/subscriber.ts";
import type { CleanupState } from "../recovery/dead-nodes.ts";
import type { Attributes } from "../service/attributes.ts";
import { registeredNodes } from "../service/registered-nodes.ts";
import type { PublishSubscribePattern } from "../service/static-config.ts";

/** A publish-subscribe service that is open here: the factory of its ports. */
export interface PublishSubscribeService<T extends PayloadType, H extends Header = undefined>
  extends Disposable {
  readonly name: string;
  /** 40 hexadecimal digits that identify the service by name and pattern. */
  readonly serviceHash: string;
  readonly attributes: Attributes;
  /** The settings that the service was created with, whatever was asked for when it was opened. */
  readonly staticConfig: PublishSubscribePattern;
  readonly numberOfPublishers: number;
  readonly numberOfSubscribers: number;
  readonly closed: boolean;
  /** @throws PublisherCreateError, InvalidNameError, InvalidArgumentError, ClosedError */
  publisher(options?: PublisherOptions): Publisher<T, H>;
  /** @throws SubscriberCreateError, InvalidNameError, InvalidArgumentError, ClosedError */
  subscriber(options?: SubscriberOptions): Subscriber<T, H>;
  /** As `Node.tryCleanupDeadNodes`, for the nodes that have this service open. */
  tryCleanupDeadNodes(): CleanupState;
  /** As `Node.blockingCleanupDeadNodes`, for the nodes that have this service open. */
  blockingCleanupDeadNodes(timeout: number): CleanupState;
  /** As `Node.cleanupDeadNodes`, for the nodes that have this service open. */
  cleanupDeadNodes(options?: RunOptions): Promise<CleanupState>;
  /** Gives up this handle. Ports keep the service alive. */
  close(): void;
}

export function createPublishSubscribeService<T extends PayloadType, H extends Header>(
  state: ServiceState<PublishSubscribePattern>,
  payload: T,
  userHeader: FixedType | undefined,
): PublishSubscribeService<T, H> {
  return new ServiceHandle<T, H>(
    state,
    messageTypes(state.pattern.messageTypeDetails, payload, userHeader, sampleLength),
  );
}

class ServiceHandle<T extends PayloadType, H extends Header>
  implements PublishSubscribeService<T, H>, NodeResource
{
  readonly #state: ServiceState<PublishSubscribePattern>;
  readonly #types: MessageTypes;
  #closed = false;

  constructor(state: ServiceState<PublishSubscribePattern>, types: MessageTypes) {
    this.#state = state;
    this.#types = types;
    state.node.adopt(this);
  }

  get name(): string {
    return this.#state.name;
  }

  get serviceHash(): string {
    return this.#state.staticConfig.serviceHash;
  }

  get attributes(): Attributes {
    return this.#state.staticConfig.attributes;
  }

  get staticConfig(): PublishSubscribePattern {
    return this.#state.pattern;
  }

  get numberOfPublishers(): number {
    return this.#open().dynamicConfig.bagB.length;
  }

  get numberOfSubscribers(): number {
    return this.#open().dynamicConfig.bagA.length;
  }

  get closed(): boolean {
    return this.#closed;
  }

  publisher(options: PublisherOptions = {}): Publisher<T, H> {
    return createPublisher<T, H>(this.#open(), this.#types, options);
  }

  subscriber(options: SubscriberOptions = {}): Subscriber<T, H> {
    return createSubscriber<T, H>(this.#open(), this.#types, options);
  }

  tryCleanupDeadNodes(): CleanupState {
    return tryCleanup(this.#open().node, () => this.#otherNodes());
  }

  blockingCleanupDeadNodes(timeout: number): CleanupState {
    return blockingCleanup(this.#open().node, () => this.#otherNodes(), timeout);
  }

  async cleanupDeadNodes(options: RunOptions = {}): Promise<CleanupState> {
    return cleanupAsync(this.#open().node, () => this.#otherNodes(), options);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#state.node.disown(this);
    this.#state.release();
  }

  closeWithNode(): void {
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #otherNodes(): bigint[] {
    const { node, dynamicConfig } = this.#state;
    return registeredNodes(dynamicConfig.nodes).filter((nodeId) => nodeId !== node.id);
  }

  #open(): ServiceState<PublishSubscribePattern> {
    if (!this.#closed) return this.#state;
    throw new ClosedError(`service "${this.name}"`);
  }
}
