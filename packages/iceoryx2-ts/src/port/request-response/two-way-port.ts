/** Putting a port together that sends and receives: a client or a server. */
import type { ChunkPool } from "../common/chunk-pool.ts";
import type { PortEntry } from "../common/port-entry.ts";
import type { Receiver } from "../common/receiver.ts";
import type { Sender } from "../common/sender.ts";

export interface TwoWayParts<WakeUps> {
  readonly wakeUps: WakeUps;
  readonly sender: Sender;
  readonly receiver: Receiver;
}

/** How each part is made. */
export interface TwoWaySteps<WakeUps> {
  wakeUps(): WakeUps;
  pool(): ChunkPool;
  sender(pool: ChunkPool): Sender;
  receiver(): Receiver;
  /** Shows the port to the others. */
  register(): void;
}

/**
 * Takes the steps in the order that makes a crash at any of them recoverable. If one throws, nothing of those before is
 * left behind, and the tag of the port goes as well.
 */
export function putTogether<WakeUps extends { close(): void }>(
  entry: PortEntry,
  steps: TwoWaySteps<WakeUps>,
): TwoWayParts<WakeUps> {
  let wakeUps: WakeUps | undefined;
  let pool: ChunkPool | undefined;
  let sender: Sender | undefined;
  let receiver: Receiver | undefined;
  try {
    wakeUps = steps.wakeUps();
    pool = steps.pool();
    sender = steps.sender(pool);
    receiver = steps.receiver();
    steps.register();
    return { wakeUps, sender, receiver };
  } catch (error) {
    pool?.remove();
    sender?.close();
    receiver?.close();
    entry.remove("sender", "receiver");
    wakeUps?.close();
    throw error;
  }
}
