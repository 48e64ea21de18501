/**
 * Creating and opening services, once for all messaging patterns.
 *
 * Order of creation: service tag, static configuration (written and unlocked back to back), dynamic configuration
 * with our own node already in it. Removal goes the other way round, the tag last.
 */
import { ClosedError } from "../base/general-errors.ts";
import { Iox2Error } from "../base/iox2-error.ts";
import { writeUniqueId } from "../base/unique-id.ts";
import type { Bag } from "../lockfree/bag.ts";
import { generateId } from "../node/id-generator.ts";
import { createServiceTag, removeServiceTag } from "../node/tags.ts";
import { isOsError } from "../os/os-error.ts";
import type { Steps } from "../os/steps.ts";
import { cleanupDeadNodesAmong } from "../recovery/dead-nodes.ts";
import { removeOrphan } from "../recovery/orphans.ts";
import { checkRequirements } from "../service/attributes.ts";
import { DynamicConfig } from "../service/dynamic-config.ts";
import { NODE_ENTRY_SIZE } from "../service/port-details.ts";
import { registeredNodes } from "../service/registered-nodes.ts";
import { serviceHash } from "../service/service-hash.ts";
import type { ServiceRequest } from "../service/service-request.ts";
import {
  decodeStaticConfig,
  type MessagingPattern,
  type OtherVersion,
  type StaticConfig,
  SUPPORTED_VERSION,
  writeStaticConfig,
} from "../service/static-config.ts";
import { fileNames } from "../transport/names.ts";
import { createStaticStorage, readStaticStorage, removeStaticStorage } from "../transport/static-storage.ts";
import { isStorageError, type StorageError, toStorageError } from "../transport/storage-error.ts";
import type { NodeState } from "./node-state.ts";
import { type Obstacle, ServiceFailures } from "./service-failures.ts";
import { ServiceState } from "./service-state.ts";

/** Upstream's interval between two looks at a service that is on its way, in milliseconds. */
const RETRY_INTERVAL = 25;

/** On a busy machine others can be faster a few times in a row, however much time passes meanwhile. */
const LOST_RACES_MAX = 10;

/** How long somebody who finds a service unusable waits, and what it was that he found. */
interface Patience {
  readonly deadline: bigint;
  readonly identity: bigint | undefined;
  /** When it was found first. */
  readonly since: bigint;
}

function identityOf({ remnant }: Obstacle): bigint {
  return "serviceId" in remnant ? remnant.serviceId : remnant.unwrittenInode;
}

class Lifecycle<P extends MessagingPattern> {
  readonly #node: NodeState;
  readonly #request: ServiceRequest<P>;
  readonly #failures: ServiceFailures;
  readonly #hash: string;
  readonly #path: string;

  constructor(node: NodeState, request: ServiceRequest<P>) {
    this.#node = node;
    this.#request = request;
    this.#failures = new ServiceFailures(request as unknown as ServiceRequest, node.config);
    this.#hash = serviceHash(request.serviceName, request.kind);
    this.#path = fileNames.staticConfig(node.config, this.#hash);
  }

  // biome-ignore lint/correctness/useYield: it never has to wait, but runs as the others do.
  *create(): Steps<ServiceState<P>> {
    const pattern = this.#request.toCreate();
    try {
      readStaticStorage(this.#node.os, this.#path);
    } catch (error) {
      const cause = toStorageError(error, this.#path);
      if (cause.code === "DoesNotExist") return this.#createNew(pattern);
      if (cause.code === "InitializationNotYetFinalized") throw this.#failures.beingCreated(cause);
      throw this.#failures.notCreated(cause);
    }
    throw this.#failures.alreadyExists();
  }

  *open(): Steps<ServiceState<P>> {
    for (let patience = this.#patience(); ; ) {
      const result = yield* this.#tryOpen();
      if (result instanceof ServiceState) return result;
      patience = this.#overcome(result, patience);
      yield RETRY_INTERVAL;
      this.#demandOpenNode();
    }
  }

  *openOrCreate(): Steps<ServiceState<P>> {
    let patience = this.#patience();
    for (let lostRaces = 0; ; ) {
      const found = yield* this.#openUnlessMissing();
      if (found instanceof ServiceState) return found;
      if (found === undefined) {
        const created = this.#createUnlessThere();
        if (created !== undefined) return created;
        lostRaces++;
        if (lostRaces >= LOST_RACES_MAX && this.#isOver(patience))
          throw this.#failures.systemInFlux(lostRaces);
      } else patience = this.#overcome(found, patience);
      yield found === undefined ? 0 : RETRY_INTERVAL;
      this.#demandOpenNode();
    }
  }

  /**
   * What to do about an unusable service: wait; or, when the time is over, remove it if it is an orphan, which it can
   * only be if it was this very one for the whole time.
   *
   * @throws the open error of a service that somebody may still finish.
   */
  #overcome(obstacle: Obstacle, patience: Patience): Patience {
    const { os, config, id } = this.#node;
    const identity = identityOf(obstacle);
    // The time runs from the first look that found something: a slow first look must not shorten it.
    if (patience.identity === undefined) return { ...this.#patience(), identity };
    const since = patience.identity === identity ? patience.since : os.monotonicTime();
    if (!this.#isOver(patience)) return { ...patience, identity, since };
    const wasThisOne = os.monotonicTime() - since >= this.#creationTimeout;
    if (wasThisOne && removeOrphan(os, config, this.#hash, obstacle.remnant, id)) return this.#patience();
    throw this.#failures.obstructed(obstacle);
  }

  get #creationTimeout(): bigint {
    return BigInt(Math.round(this.#node.config.global.creationTimeout * 1e6));
  }

  #patience(): Patience {
    const since = this.#node.os.monotonicTime();
    return { deadline: since + this.#creationTimeout, identity: undefined, since };
  }

  #isOver({ deadline }: Patience): boolean {
    return this.#node.os.monotonicTime() >= deadline;
  }

  *#openUnlessMissing(): Steps<ServiceState<P> | Obstacle | undefined> {
    try {
      return yield* this.#tryOpen();
    } catch (error) {
      if (error instanceof Iox2Error && error.code === "DoesNotExist") return undefined;
      throw error;
    }
  }

  #createUnlessThere(): ServiceState<P> | undefined {
    try {
      return this.#createNew(this.#request.toCreate());
    } catch (error) {
      if (error instanceof Iox2Error && error.code === "AlreadyExists") return undefined;
      throw error;
    }
  }

  /** The node may be closed during a pause. */
  #demandOpenNode(): void {
    if (this.#node.isClosed) throw new ClosedError(this.#node.origin);
  }

  *#tryOpen(): Steps<ServiceState<P> | Obstacle> {
    const staticConfig = this.#readStaticConfig();
    if ("reason" in staticConfig) return staticConfig;
    this.#check(staticConfig);
    const registered = this.#node.services.get(this.#hash);
    if (registered?.staticConfig.serviceId === staticConfig.serviceId) {
      registered.acquire();
      return registered as unknown as ServiceState<P>;
    }
    return yield* this.#register(staticConfig);
  }

  #readStaticConfig(): StaticConfig | Obstacle {
    const { os } = this.#node;
    let content: Uint8Array;
    try {
      content = readStaticStorage(os, this.#path);
    } catch (error) {
      const cause = toStorageError(error, this.#path);
      if (cause.code === "InitializationNotYetFinalized") {
        const detail = `its static configuration "${this.#path}" is still being written`;
        return { reason: "BeingCreated", detail, remnant: { unwrittenInode: this.#inode() } };
      }
      if (cause.code === "DoesNotExist") throw this.#failures.doesNotExist(cause);
      throw this.#failures.notOpened(cause);
    }
    return this.#parse(content);
  }

  /** 0 if the file is gone meanwhile: that is no file's. */
  #inode(): bigint {
    try {
      return this.#node.os.lstat(this.#path).inode;
    } catch (error) {
      if (isOsError(error, "ENOENT")) return 0n;
      throw this.#failures.notOpened(toStorageError(error, this.#path));
    }
  }

  #parse(content: Uint8Array): StaticConfig {
    let staticConfig: StaticConfig | OtherVersion;
    try {
      staticConfig = decodeStaticConfig(content);
    } catch (error) {
      throw this.#failures.unreadable(this.#path, error as Error);
    }
    if ("otherVersion" in staticConfig) throw this.#failures.otherVersion(staticConfig.otherVersion);
    return staticConfig;
  }

  #check(found: StaticConfig): void {
    if (found.serviceHash !== this.#hash) throw this.#failures.otherService(this.#path, found);
    if (found.messagingPattern.kind !== this.#request.kind) throw this.#failures.otherPattern(found);
    const unmet = checkRequirements(found.attributes, this.#request.requirements);
    if (unmet !== undefined) throw this.#failures.otherAttributes(unmet);
    this.#request.checkExisting(found.messagingPattern as P);
  }

  /** Adds our node to an existing service. */
  *#register(staticConfig: StaticConfig): Steps<ServiceState<P> | Obstacle> {
    const { os, config } = this.#node;
    const { serviceId, messagingPattern } = staticConfig;
    let dynamicConfig: DynamicConfig;
    try {
      dynamicConfig = DynamicConfig.open(os, config, serviceId, messagingPattern, 0);
    } catch (error) {
      if (!isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized")) {
        throw this.#failures.notOpened(toStorageError(error, this.#path));
      }
      const detail = `its dynamic configuration is not there yet (${error.origin})`;
      return { reason: "BeingCreated", detail, remnant: staticConfig };
    }
    let slot: number | undefined;
    try {
      if (config.global.service.cleanupDeadNodesOnOpen) yield* this.#cleanupDeadNodes(dynamicConfig.nodes);
      slot = this.#enter(dynamicConfig.nodes, staticConfig);
    } finally {
      if (slot === undefined) dynamicConfig.close();
    }
    if (slot !== undefined) return new ServiceState<P>(this.#node, staticConfig, dynamicConfig, slot);
    const detail = "its last user is just removing it";
    return { reason: "MarkedForDestruction", detail, remnant: staticConfig };
  }

  /** Frees what dead nodes occupy in this service, so that their slots do not keep the living out. */
  *#cleanupDeadNodes(nodes: Bag): Steps<void> {
    const { os, config, id } = this.#node;
    const others = registeredNodes(nodes).filter((nodeId) => nodeId !== id);
    yield* cleanupDeadNodesAmong(os, config, others, config.global.creationTimeout);
    this.#demandOpenNode();
  }

  /** @returns our slot in the table of nodes, or undefined if the service is being removed. */
  #enter(nodes: Bag, staticConfig: StaticConfig): number | undefined {
    // Our tag would make others believe that a service which nobody finishes is in our hands.
    if (nodes.isLocked) return undefined;
    const ownsTag = this.#createTag((cause) => this.#failures.tagNotCreatedAtOpen(cause));
    const added = addNode(nodes, this.#node);
    if (typeof added === "object") return added.slot;
    if (ownsTag) removeServiceTag(this.#node.os, this.#node.config, this.#node.id, this.#hash);
    if (added === "OutOfSpace") throw this.#failures.tooManyNodes(staticConfig);
    return undefined;
  }

  #createTag(toError: (cause: StorageError) => Error): boolean {
    const { os, config, id } = this.#node;
    try {
      return createServiceTag(os, config, id, this.#hash);
    } catch (error) {
      throw toError(toStorageError(error, this.#path));
    }
  }

  /** @throws the create error, `AlreadyExists` if somebody else was faster. */
  #createNew(messagingPattern: P): ServiceState<P> {
    const { os, config, id } = this.#node;
    const staticConfig: StaticConfig = {
      version: SUPPORTED_VERSION,
      serviceHash: this.#hash,
      serviceName: this.#request.serviceName,
      serviceId: generateId(os),
      attributes: this.#request.attributes,
      messagingPattern,
    };
    const content = new TextEncoder().encode(writeStaticConfig(staticConfig));
    const ownsTag = this.#createTag((cause) => this.#failures.tagNotCreated(cause));
    let isOurs = false;
    try {
      createStaticStorage(os, this.#path, content);
      isOurs = true;
      return this.#createDynamicConfig(staticConfig);
    } catch (error) {
      if (isOurs) removeStaticStorage(os, this.#path);
      if (ownsTag) removeServiceTag(os, config, id, this.#hash);
      throw this.#failures.notCreated(toStorageError(error, this.#path));
    }
  }

  #createDynamicConfig(staticConfig: StaticConfig): ServiceState<P> {
    const { os, config } = this.#node;
    const { serviceId, messagingPattern } = staticConfig;
    let slot = 0;
    const dynamicConfig = DynamicConfig.create(os, config, serviceId, messagingPattern, (nodes) => {
      const added = addNode(nodes, this.#node);
      if (typeof added === "object") slot = added.slot;
    });
    return new ServiceState<P>(this.#node, staticConfig, dynamicConfig, slot);
  }
}

function addNode(nodes: Bag, { id, ownerId }: NodeState): ReturnType<Bag["add"]> {
  const entry = new Uint8Array(NODE_ENTRY_SIZE);
  writeUniqueId(new DataView(entry.buffer), 0, id);
  return nodes.add(entry, ownerId);
}

type Verb = <P extends MessagingPattern>(
  node: NodeState,
  request: ServiceRequest<P>,
) => Steps<ServiceState<P>>;

/** The three ways to a service. */
export const serviceSteps: Readonly<Record<"create" | "open" | "openOrCreate", Verb>> = {
  create: (node, request) => new Lifecycle(node, request).create(),
  open: (node, request) => new Lifecycle(node, request).open(),
  openOrCreate: (node, request) => new Lifecycle(node, request).openOrCreate(),
};
