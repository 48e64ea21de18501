/** What an open service offers whatever its messaging pattern. */
import { ClosedError } from "../base/general-errors.ts";
import { blockingCleanup, cleanupAsync, tryCleanup } from "../lifecycle/cleanup.ts";
import type { NodeResource } from "../lifecycle/node-state.ts";
import { viewNodes } from "../lifecycle/service-list.ts";
import type { ServiceState } from "../lifecycle/service-state.ts";
import type { NodeView } from "../node/node-list.ts";
import type { RunOptions } from "../os/steps.ts";
import type { CleanupState } from "../recovery/dead-nodes.ts";
import type { Attributes } from "../service/attributes.ts";
import type { MessagingPattern } from "../service/messaging-pattern.ts";
import { registeredNodes } from "../service/registered-nodes.ts";

/** A service that is open here: the factory of its ports. */
export interface PortFactory<P extends MessagingPattern> extends Disposable {
  readonly name: string;
  /** 40 hexadecimal digits that identify the service by name and pattern. */
  readonly serviceHash: string;
  readonly attributes: Attributes;
  /** The settings that the service was created with, whatever was asked for when it was opened. */
  readonly staticConfig: P;
  readonly closed: boolean;
  /** The nodes that have this service open, dead ones included. @throws ClosedError */
  nodes(): NodeView[];
  /** As `Node.tryCleanupDeadNodes`, for the nodes that have this service open. */
  tryCleanupDeadNodes(): CleanupState;
  /** As `Node.blockingCleanupDeadNodes`, for the nodes that have this service open. */
  blockingCleanupDeadNodes(timeout: number): CleanupState;
  /** As `Node.cleanupDeadNodes`, for the nodes that have this service open. */
  cleanupDeadNodes(options?: RunOptions): Promise<CleanupState>;
  /** Gives up this handle. Ports keep the service alive. */
  close(): void;
}

export abstract class ServiceHandle<P extends MessagingPattern> implements PortFactory<P>, NodeResource {
  readonly #state: ServiceState<P>;
  #closed = false;

  constructor(state: ServiceState<P>) {
    this.#state = state;
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

  get staticConfig(): P {
    return this.#state.pattern;
  }

  get closed(): boolean {
    return this.#closed;
  }

  nodes(): NodeView[] {
    const { node, dynamicConfig } = this.demandOpen();
    return viewNodes(node.os, node.config, dynamicConfig);
  }

  tryCleanupDeadNodes(): CleanupState {
    return tryCleanup(this.demandOpen().node, () => this.#otherNodes());
  }

  blockingCleanupDeadNodes(timeout: number): CleanupState {
    return blockingCleanup(this.demandOpen().node, () => this.#otherNodes(), timeout);
  }

  async cleanupDeadNodes(options: RunOptions = {}): Promise<CleanupState> {
    return cleanupAsync(this.demandOpen().node, () => this.#otherNodes(), options);
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

  /** @throws ClosedError */
  protected demandOpen(): ServiceState<P> {
    if (!this.#closed) return this.#state;
    throw new ClosedError(`service "${this.name}"`);
  }

  #otherNodes(): bigint[] {
    const { node, dynamicConfig } = this.#state;
    return registeredNodes(dynamicConfig.nodes).filter((nodeId) => nodeId !== node.id);
  }
}
