/**
 * One node's registration in one service, shared by every handle and port that the node has there.
 *
 * The last reference deregisters the node. Whoever's deregistration locks the empty service removes it; the service
 * tag goes last in every case, so that a crash at any point leaves a way to what is left.
 */
import { assert } from "../base/assert.ts";
import { log } from "../base/log.ts";
import { removeServiceTag } from "../node/tags.ts";
import type { DynamicConfig } from "../service/dynamic-config.ts";
import { removeService } from "../service/resources.ts";
import type { MessagingPattern, StaticConfig } from "../service/static-config.ts";
import type { NodeState } from "./node-state.ts";

export class ServiceState<P extends MessagingPattern = MessagingPattern> {
  readonly node: NodeState;
  readonly staticConfig: StaticConfig;
  readonly pattern: P;
  readonly dynamicConfig: DynamicConfig;
  readonly #slot: number;
  #references = 1;

  /** Starts with one reference. */
  constructor(node: NodeState, staticConfig: StaticConfig, dynamicConfig: DynamicConfig, slot: number) {
    this.node = node;
    this.staticConfig = staticConfig;
    this.pattern = staticConfig.messagingPattern as P;
    this.dynamicConfig = dynamicConfig;
    this.#slot = slot;
    node.services.set(staticConfig.serviceHash, this as unknown as ServiceState);
  }

  get name(): string {
    return this.staticConfig.serviceName;
  }

  acquire(): void {
    assert(this.#references > 0, `service "${this.name}" was acquired after its last release`);
    this.#references++;
  }

  release(): void {
    assert(this.#references > 0, `service "${this.name}" was released too often`);
    this.#references--;
    if (this.#references === 0) this.#leave();
  }

  #leave(): void {
    const { os, config, services, ownerId, id, origin } = this.node;
    const { serviceHash } = this.staticConfig;
    services.delete(serviceHash);
    const state = this.dynamicConfig.nodes.remove(this.#slot, ownerId, "LockIfLast");
    if (state === undefined) {
      log("warn", origin, `its registration in service "${this.name}" was taken away by somebody else.`);
    }
    if (state === "Locked") removeService(os, config, this.staticConfig);
    this.dynamicConfig.close();
    removeServiceTag(os, config, id, serviceHash);
  }
}
