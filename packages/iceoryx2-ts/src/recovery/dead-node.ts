/** Everything that one dead node left, found by its tags and removed. */
import { ownerOf } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import type { Bag } from "../lockfree/bag.ts";
import { listTags, removePortTag, removeServiceTag } from "../node/tags.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { DynamicConfig } from "../service/dynamic-config.ts";
import { readEntryIds } from "../service/port-details.ts";
import { removeService } from "../service/resources.ts";
import { readStaticConfig, type StaticConfig } from "../service/static-config.ts";
import { fileNames } from "../transport/names.ts";
import { readStaticStorage, removeStaticStorage } from "../transport/static-storage.ts";
import { isStorageError } from "../transport/storage-error.ts";
import { sendDeadNotifierEvent } from "./dead-notifier-event.ts";
import { removeOrphan } from "./orphans.ts";
import { type PortBag, PortRemains } from "./port-remains.ts";

export class DeadNode {
  readonly #os: Os;
  readonly #config: Config;
  readonly #nodeId: bigint;
  readonly #remains: PortRemains;

  constructor(os: Os, config: Config, nodeId: bigint, listing: readonly string[]) {
    this.#os = os;
    this.#config = config;
    this.#nodeId = nodeId;
    this.#remains = new PortRemains(os, config, listing);
  }

  /** May be repeated, and done by two at once. @throws StorageError, OsError; what it did until then stays done. */
  cleanup(): void {
    for (const hash of listTags(this.#os, this.#config, this.#nodeId).serviceHashes) this.#leaveService(hash);
    for (const portId of listTags(this.#os, this.#config, this.#nodeId).portIds) {
      this.#remains.removeUnknown(portId);
      removePortTag(this.#os, this.#config, this.#nodeId, portId);
    }
    removeStaticStorage(this.#os, fileNames.nodeDetails(this.#config, this.#nodeId));
    try {
      this.#os.rmdir(fileNames.nodeOwnDirectory(this.#config, this.#nodeId));
    } catch (error) {
      if (!isOsError(error, "ENOENT")) throw error;
    }
  }

  #leaveService(hash: string): void {
    const staticConfig = this.#readStaticConfig(hash);
    if (staticConfig !== undefined) this.#deregister(staticConfig);
    removeServiceTag(this.#os, this.#config, this.#nodeId, hash);
  }

  /** @returns undefined if there is none, or it is just being written. */
  #readStaticConfig(hash: string): StaticConfig | undefined {
    try {
      const content = readStaticStorage(this.#os, fileNames.staticConfig(this.#config, hash));
      return readStaticConfig(new TextDecoder().decode(content));
    } catch (error) {
      if (isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized")) return undefined;
      throw error;
    }
  }

  #deregister(staticConfig: StaticConfig): void {
    const { serviceId, messagingPattern } = staticConfig;
    let dynamicConfig: DynamicConfig;
    try {
      dynamicConfig = DynamicConfig.open(this.#os, this.#config, serviceId, messagingPattern, 0);
    } catch (error) {
      if (!isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized")) throw error;
      // Half built or half removed; a living node that has the service's tag will finish it.
      removeOrphan(this.#os, this.#config, staticConfig.serviceHash, staticConfig, this.#nodeId);
      return;
    }
    try {
      const { bagA, bagB, nodes } = dynamicConfig;
      const order: readonly [PortBag, Bag][] =
        messagingPattern.kind === "PublishSubscribe"
          ? [
              ["B", bagB],
              ["A", bagA],
            ]
          : [
              ["A", bagA],
              ["B", bagB],
            ];
      const hadNotifier = messagingPattern.kind === "Event" && this.#hasPortIn(bagB);
      for (const [which, bag] of order) this.#recoverPorts(staticConfig, which, bag);
      const state = nodes.recover(ownerOf(this.#nodeId), () => true, "LockIfLast");
      const isEmpty = state === "Locked" || (state === "AlreadyLocked" && nodes.length === 0);
      if (isEmpty) removeService(this.#os, this.#config, staticConfig);
      else if (hadNotifier) sendDeadNotifierEvent(this.#os, this.#config, messagingPattern, dynamicConfig);
    } finally {
      dynamicConfig.close();
    }
  }

  #hasPortIn(bag: Bag): boolean {
    for (let slot = 0; slot < bag.capacity; slot++) {
      const entry = bag.readSlot(slot)?.entry;
      if (entry !== undefined && readEntryIds(entry).nodeId === this.#nodeId) return true;
    }
    return false;
  }

  /** The tags go after the entries: upstream's cleaners keep an entry whose tag is gone, for ever. */
  #recoverPorts({ messagingPattern }: StaticConfig, which: PortBag, bag: Bag): void {
    const recovered: bigint[] = [];
    bag.recover(
      ownerOf(this.#nodeId),
      (entry) => {
        const { portId, nodeId } = readEntryIds(entry);
        if (nodeId !== this.#nodeId) return false;
        this.#remains.remove(messagingPattern.kind, which, portId);
        recovered.push(portId);
        return true;
      },
      "Default",
    );
    for (const portId of recovered) removePortTag(this.#os, this.#config, this.#nodeId, portId);
  }
}
