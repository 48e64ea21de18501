/**
 * Telling the listeners of an event service that a notifier died, as its static configuration asks for. Whoever cleans
 * up after the dead node does it. Upstream makes a temporary node and notifier for it; peers cannot tell.
 */
import { log } from "../base/log.ts";
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import type { DynamicConfig } from "../service/dynamic-config.ts";
import { readEntryIds } from "../service/port-details.ts";
import type { MessagingPattern } from "../service/static-config.ts";
import { notifyListener } from "../transport/event-notifier.ts";

const NANOSECONDS = 1_000_000_000n;

/** One listener that cannot be reached must not keep the event from the others, nor the dead node uncleaned. */
export function sendDeadNotifierEvent(
  os: Os,
  config: Config,
  pattern: MessagingPattern,
  dynamicConfig: DynamicConfig,
): void {
  if (pattern.kind !== "Event" || pattern.notifierDeadEvent === undefined) return;
  const listeners = dynamicConfig.bagA;
  for (let slot = 0; slot < listeners.capacity; slot++) {
    const entry = listeners.readSlot(slot)?.entry;
    if (entry === undefined) continue;
    const { portId } = readEntryIds(entry);
    try {
      notifyListener(os, config, portId, pattern.notifierDeadEvent);
    } catch (error) {
      log("warn", `listener ${portId}`, `it is not told that a notifier died: ${error}`);
    }
  }
  if (pattern.deadline?.creationTime.clockType === "Monotonic") {
    const { seconds, nanoseconds } = pattern.deadline.creationTime;
    dynamicConfig.noteNotification(os.monotonicTime() - (seconds * NANOSECONDS + BigInt(nanoseconds)));
  }
}
