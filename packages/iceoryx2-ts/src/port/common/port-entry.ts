/**
 * A port as others see it: its tag, and its entry in the dynamic configuration of its service.
 *
 * The order makes a crash at any point recoverable: the tag comes before everything and goes last, the entry comes
 * when the port is complete and goes first.
 */
import type { Iox2Error } from "../../base/iox2-error.ts";
import { checkPortName } from "../../base/names.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { Bag } from "../../lockfree/bag.ts";
import { generateId } from "../../node/id-generator.ts";
import { createPortTag, removePortTag } from "../../node/tags.ts";
import { runSync } from "../../os/steps.ts";
import { cleanupDeadNodesAmong } from "../../recovery/dead-nodes.ts";
import { removePortsOfVanishedNodes } from "../../recovery/vanished-nodes.ts";
import { registeredNodes } from "../../service/registered-nodes.ts";
import { removeForsakenConnections, type Side } from "../../transport/connection.ts";
import { toStorageError } from "../../transport/storage-error.ts";

export class PortEntry {
  readonly id: bigint;
  readonly name: string;
  /** For messages, such as `publisher "front" of service "Camera/Front"`. */
  readonly origin: string;
  readonly #service: ServiceState;
  #place: { readonly bag: Bag; readonly slot: number } | undefined;

  private constructor(service: ServiceState, kind: string, name: string) {
    this.#service = service;
    this.id = generateId(service.node.os);
    this.name = name;
    this.origin = `${kind} ${name === "" ? "" : `"${name}" `}of service "${service.name}"`;
  }

  /**
   * Makes the tag.
   *
   * @param kind such as "publisher".
   * @param toError the port's own error for a tag that cannot be made.
   * @throws InvalidNameError
   */
  static create(
    service: ServiceState,
    kind: string,
    name: string,
    toError: (origin: string, message: string, cause: unknown) => Iox2Error,
  ): PortEntry {
    checkPortName(name);
    const { os, config, id } = service.node;
    const entry = new PortEntry(service, kind, name);
    try {
      createPortTag(os, config, id, entry.id);
    } catch (cause) {
      const { origin } = entry;
      throw toError(origin, `cannot create ${origin}: ${toStorageError(cause, origin).message}`, cause);
    }
    service.acquire();
    return entry;
  }

  /** Registers the complete port. @returns false if there is no room for another one. */
  register(bag: Bag, details: Uint8Array): boolean {
    let added = bag.add(details, this.#service.node.ownerId);
    // The table may be full of the dead.
    if (added === "OutOfSpace" && this.#freePlaces(bag)) {
      added = bag.add(details, this.#service.node.ownerId);
    }
    if (typeof added !== "object") return false;
    this.#place = { bag, slot: added.slot };
    return true;
  }

  /** @returns whether any of the dead left a place. */
  #freePlaces(bag: Bag): boolean {
    const { dynamicConfig, pattern, node } = this.#service;
    const { os, config, id } = node;
    const others = registeredNodes(dynamicConfig.nodes).filter((nodeId) => nodeId !== id);
    const { cleanups } = runSync(os, cleanupDeadNodesAmong(os, config, others, 0));
    const which = bag === dynamicConfig.bagA ? "A" : "B";
    const hadVanished = removePortsOfVanishedNodes(os, config, pattern.kind, which, bag);
    return cleanups > 0 || hadVanished;
  }

  /** Takes the port out of the service: nobody connects to it any more. */
  deregister(): void {
    this.#place?.bag.remove(this.#place.slot, this.#service.node.ownerId, "Default");
    this.#place = undefined;
  }

  /** Everything of the port is gone. @param sides what it was in its connections, if it has any. */
  remove(...sides: readonly Side[]): void {
    const { os, config, id } = this.#service.node;
    for (const side of sides) removeForsakenConnections(os, config, this.id, side);
    removePortTag(os, config, id, this.id);
    this.#service.release();
  }
}
