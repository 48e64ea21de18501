/**
 * What a port leaves behind when its process dies, removed by its id alone.
 *
 * Everything here may be repeated: a cleaner can die as well, and the next one starts over.
 */
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import type { MessagingPatternKind } from "../service/static-config.ts";
import { abandonConnection, findConnections, type Side } from "../transport/connection.ts";
import { removeDataSegments } from "../transport/data-segment.ts";
import { removeEventListener } from "../transport/event-listener.ts";

/** Which of the two bags of a service a port is in. */
export type PortBag = "A" | "B";

export class PortRemains {
  readonly #os: Os;
  readonly #config: Config;
  /** All shared memory of the machine as of the start of the cleanup: one scan for all ports. */
  readonly #listing: readonly string[];

  constructor(os: Os, config: Config, listing: readonly string[]) {
    this.#os = os;
    this.#config = config;
    this.#listing = listing;
  }

  /** @throws StorageError, OsError */
  remove(kind: MessagingPatternKind, bag: PortBag, portId: bigint): void {
    switch (kind) {
      case "PublishSubscribe":
        if (bag === "A") this.#abandon(portId, "receiver");
        else this.#removeSender(portId);
        return;
      case "RequestResponse":
        this.#removeSender(portId);
        this.#abandon(portId, "receiver");
        return;
      case "Event":
        if (bag === "A") removeEventListener(this.#os, this.#config, portId);
        return;
      case "Blackboard":
        return;
    }
  }

  /** The same without knowing what the port was: its service is gone, or it never got into a bag. */
  removeUnknown(portId: bigint): void {
    this.#removeSender(portId);
    this.#abandon(portId, "receiver");
    removeEventListener(this.#os, this.#config, portId);
  }

  #removeSender(portId: bigint): void {
    this.#abandon(portId, "sender");
    removeDataSegments(this.#os, this.#config, portId, this.#listing);
  }

  #abandon(portId: bigint, side: Side): void {
    for (const name of findConnections(this.#config, portId, side, this.#listing)) {
      abandonConnection(this.#os, name, side);
    }
  }
}
