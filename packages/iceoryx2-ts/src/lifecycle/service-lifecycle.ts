/**
 * Creating and opening services, once for all messaging patterns.
 *
 * Order of creation: service tag, static configuration (written and unlocked back to back), dynamic configuration
 * with our own node already in it. Removal goes the other way round, the tag last.
 */
import { ClosedError } from "../base/general-errors.ts";
import { Iox2Error } from "../base/iox2-error.ts";
import { readUniqueId, writeUniqueId } from "../base/unique-id.ts";
import { DocumentError } from "../config/toml-codec.ts";
import type { Bag } from "../lockfree/bag.ts";
import { generateId } from "../node/id-generator.ts";
import { createServiceTag, removeServiceTag } from "../node/tags.ts";
import type { Steps } from "../os/steps.ts";
import { cleanup } from "../recovery/dead-nodes.ts";
import { checkRequirements } from "../service/attributes.ts";
import { DynamicConfig } from "../service/dynamic-config.ts";
import { NODE_ENTRY_SIZE } from "../service/port-details.ts";
import { serviceHash } from "../service/service-hash.ts";
import type { ServiceRequest } from "../service/service-request.ts";
import {
  isSupportedVersion,
  type MessagingPattern,
  readStaticConfig,
  readStaticConfigVersion,
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
    const deadline = this.#deadline();
    for (;;) {
      const result = this.#tryOpen();
      if (result instanceof ServiceState) return result;
      if (this.#node.os.monotonicTime() >= deadline) throw this.#failures.obstructed(result);
      yield RETRY_INTERVAL;
      this.#demandOpenNode();
    }
  }

  *openOrCreate(): Steps<ServiceState<P>> {
    const deadline = this.#deadline();
    for (let lostRaces = 0; ; ) {
      const found = unless("DoesNotExist", () => this.#tryOpen());
      if (found instanceof ServiceState) return found;
      if (found === undefined) {
        const created = unless("AlreadyExists", () => this.#createNew(this.#request.toCreate()));
        if (created !== undefined) return created;
        lostRaces++;
      }
      if (this.#node.os.monotonicTime() >= deadline) {
        throw found === undefined || lostRaces > 1
          ? this.#failures.systemInFlux(lostRaces)
          : this.#failures.obstructed(found);
      }
      // Who just lost a race finds the winner's service without waiting.
      yield found === undefined ? 0 : RETRY_INTERVAL;
      this.#demandOpenNode();
    }
  }

  /** The node may be closed during a pause. */
  #demandOpenNode(): void {
    if (this.#node.isClosed) throw new ClosedError(this.#node.origin);
  }

  #deadline(): bigint {
    const { os, config } = this.#node;
    return os.monotonicTime() + BigInt(Math.round(config.global.creationTimeout * 1e6));
  }

  #tryOpen(): ServiceState<P> | Obstacle {
    const staticConfig = this.#readStaticConfig();
    if (staticConfig === undefined) {
      return {
        reason: "BeingCreated",
        detail: `its static configuration "${this.#path}" is still being written`,
      };
    }
    this.#check(staticConfig);
    const registered = this.#node.services.get(this.#hash);
    if (registered?.staticConfig.serviceId === staticConfig.serviceId) {
      registered.acquire();
      return registered as unknown as ServiceState<P>;
    }
    return this.#register(staticConfig);
  }

  /** @returns undefined while it is being written. */
  #readStaticConfig(): StaticConfig | undefined {
    let content: Uint8Array;
    try {
      content = readStaticStorage(this.#node.os, this.#path);
    } catch (error) {
      const cause = toStorageError(error, this.#path);
      if (cause.code === "InitializationNotYetFinalized") return undefined;
      if (cause.code === "DoesNotExist") throw this.#failures.doesNotExist(cause);
      throw this.#failures.notOpened(cause);
    }
    return this.#parse(content);
  }

  #parse(content: Uint8Array): StaticConfig {
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
      // Documents of another version may have other keys, so the version comes first.
      const version = readStaticConfigVersion(text);
      if (!isSupportedVersion(version)) throw this.#failures.otherVersion(version);
      return readStaticConfig(text);
    } catch (error) {
      throw error instanceof Iox2Error && !(error instanceof DocumentError)
        ? error
        : this.#failures.unreadable(this.#path, error as Error);
    }
  }

  #check(found: StaticConfig): void {
    if (found.serviceHash !== this.#hash) throw this.#failures.otherService(this.#path, found);
    if (found.messagingPattern.kind !== this.#request.kind) throw this.#failures.otherPattern(found);
    const unmet = checkRequirements(found.attributes, this.#request.requirements);
    if (unmet !== undefined) throw this.#failures.otherAttributes(unmet);
    this.#request.checkExisting(found.messagingPattern as P);
  }

  /** Adds our node to an existing service. */
  #register(staticConfig: StaticConfig): ServiceState<P> | Obstacle {
    const { os, config } = this.#node;
    const ownsTag = this.#createTag((cause) => this.#failures.tagNotCreatedAtOpen(cause));
    let dynamicConfig: DynamicConfig | undefined;
    try {
      const { serviceId, messagingPattern } = staticConfig;
      dynamicConfig = DynamicConfig.open(os, config, serviceId, messagingPattern, 0);
      if (config.global.service.cleanupDeadNodesOnOpen) this.#cleanupDeadNodes(dynamicConfig.nodes);
      const added = addNode(dynamicConfig.nodes, this.#node);
      if (typeof added === "object") {
        return new ServiceState<P>(this.#node, staticConfig, dynamicConfig, added.slot);
      }
      if (added === "OutOfSpace") throw this.#failures.tooManyNodes(staticConfig);
      this.#undoRegistration(dynamicConfig, ownsTag);
      return { reason: "MarkedForDestruction" };
    } catch (error) {
      this.#undoRegistration(dynamicConfig, ownsTag);
      if (!isStorageError(error)) throw error;
      if (error.code !== "DoesNotExist" && error.code !== "InitializationNotYetFinalized") {
        throw this.#failures.notOpened(error);
      }
      return {
        reason: "BeingCreated",
        detail: `its dynamic configuration is not there yet (${error.origin})`,
      };
    }
  }

  /** Frees what dead nodes occupy in this service, so that their slots do not keep the living out. */
  #cleanupDeadNodes(nodes: Bag): void {
    const { os, config, id } = this.#node;
    const others: bigint[] = [];
    for (let slot = 0; slot < nodes.capacity; slot++) {
      const entry = nodes.readSlot(slot)?.entry;
      const nodeId = entry === undefined ? undefined : readUniqueId(new DataView(entry.buffer), 0);
      if (nodeId !== undefined && nodeId !== id) others.push(nodeId);
    }
    cleanup(os, config, others);
  }

  #undoRegistration(dynamicConfig: DynamicConfig | undefined, ownsTag: boolean): void {
    dynamicConfig?.close();
    if (ownsTag) removeServiceTag(this.#node.os, this.#node.config, this.#node.id, this.#hash);
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

/** The result, or undefined if it fails with this code. */
function unless<T>(code: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if ((error as Partial<Iox2Error>).code === code) return undefined;
    throw error;
  }
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
