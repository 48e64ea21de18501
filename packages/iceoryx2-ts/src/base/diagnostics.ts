/**
 * What happens besides the data, for tools: each kind has a channel of its name in `node:diagnostics_channel`.
 *
 * Nothing is made or called while nobody subscribes.
 */
import { type Channel, channel } from "node:diagnostics_channel";

/** What subscribers of a channel get, by the name of the channel. */
export interface Diagnostics {
  /** The process of a node died, and this process cleaned up after it. */
  "iceoryx2.node.dead": NodeDead;
  /** The process of a node died, but cleaning up after it failed; the next cleaner tries again. */
  "iceoryx2.node.cleanupFailed": NodeCleanupFailed;
  /** A service that nobody would ever have finished was removed, so that its name is free again. */
  "iceoryx2.service.orphanRemoved": ServiceOrphanRemoved;
  /** Samples that were sent will never be received here. */
  "iceoryx2.sample.lost": SampleLost;
  /** A connection between two ports could not be made, or is given up. */
  "iceoryx2.connection.degraded": ConnectionDegraded;
}

export interface NodeDead {
  readonly nodeId: bigint;
  /** Empty for a node without a name, undefined where its details could not be read. */
  readonly name: string | undefined;
  /** Its process id as the process itself saw it, undefined where its details could not be read. */
  readonly process: number | undefined;
}

export interface NodeCleanupFailed {
  readonly nodeId: bigint;
  readonly error: unknown;
}

export interface ServiceOrphanRemoved {
  readonly serviceHash: string;
  /** Undefined where its creator did not get to write it down. */
  readonly serviceName: string | undefined;
}

export interface SampleLost {
  /** The port that would have received them, such as `subscriber "front" of service "Camera/Front"`. */
  readonly origin: string;
  readonly senderPortId: bigint;
  readonly receiverPortId: bigint;
  readonly numberOfSamples: number;
  /**
   * "MemoryGone": the sender grew its memory and left. "TooManySendersLeft": more of them left samples behind than
   * are kept (`subscriberExpiredConnectionBuffer`). "Invalid": it claims to have more elements than it can have.
   */
  readonly reason: "MemoryGone" | "TooManySendersLeft" | "Invalid";
}

export interface ConnectionDegraded {
  /** The port that found out. */
  readonly origin: string;
  readonly serviceId: bigint;
  readonly senderPortId: bigint;
  readonly receiverPortId: bigint;
  readonly cause: "FailedToEstablishConnection" | "ConnectionCorrupted";
  readonly error: unknown;
}

/** Kept, because a channel without subscribers may be collected and made anew otherwise. */
const channels: Readonly<Record<keyof Diagnostics, Channel>> = {
  "iceoryx2.node.dead": channel("iceoryx2.node.dead"),
  "iceoryx2.node.cleanupFailed": channel("iceoryx2.node.cleanupFailed"),
  "iceoryx2.service.orphanRemoved": channel("iceoryx2.service.orphanRemoved"),
  "iceoryx2.sample.lost": channel("iceoryx2.sample.lost"),
  "iceoryx2.connection.degraded": channel("iceoryx2.connection.degraded"),
};

/** Tells the subscribers of a channel. What they throw does not come back: Node makes it an uncaught exception. */
export function diagnose<Name extends keyof Diagnostics>(name: Name, message: () => Diagnostics[Name]): void {
  const { [name]: target } = channels;
  if (target.hasSubscribers) target.publish(message());
}
