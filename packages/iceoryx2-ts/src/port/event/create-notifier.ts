/** Puts a notifier together, in the order that makes a crash at any step recoverable. */
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { EventPattern } from "../../service/messaging-pattern.ts";
import { writeCommonDetails } from "../../service/port-details.ts";
import { countOption } from "../common/options.ts";
import { PortEntry } from "../common/port-entry.ts";
import { NotifierCreateError } from "./event-port-errors.ts";
import { ListenerConnections } from "./listener-connections.ts";
import { type Notifier, type NotifierOptions, NotifierPort } from "./notifier.ts";

/** @throws NotifierCreateError, InvalidNameError, InvalidArgumentError; nothing is left behind then. */
export function createNotifier(service: ServiceState<EventPattern>, options: NotifierOptions): Notifier {
  const what = `notifier of service "${service.name}"`;
  const { defaultEventId: requested } = options;
  const defaultEventId = countOption(what, "defaultEventId", requested, 0, Number.MAX_SAFE_INTEGER);
  const entry = PortEntry.create(
    service,
    "notifier",
    options.name ?? "",
    (origin, message, cause) => new NotifierCreateError("UnableToCreatePortTag", origin, message, { cause }),
  );
  const connections = new ListenerConnections(service, entry.origin);
  try {
    connections.update();
    const details = { portId: entry.id, portName: entry.name, nodeId: service.node.id };
    if (!entry.register(service.dynamicConfig.bagB, writeCommonDetails(details))) {
      throw tooManyNotifiers(entry.origin, service.pattern.maxNotifiers);
    }
  } catch (error) {
    connections.close();
    entry.remove();
    throw error;
  }
  return new NotifierPort(service, entry, connections, defaultEventId);
}

function tooManyNotifiers(origin: string, maxNotifiers: number): NotifierCreateError {
  return new NotifierCreateError(
    "ExceedsMaxSupportedNotifiers",
    origin,
    `cannot create ${origin}: it has ${maxNotifiers} notifiers already (maxNotifiers: ${maxNotifiers}). Close one, or create the service with a larger maxNotifiers.`,
  );
}
