/** Puts a listener together, in the order that makes a crash at any step recoverable. */
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { isOsError } from "../../os/os-error.ts";
import type { EventPattern } from "../../service/messaging-pattern.ts";
import { writeCommonDetails } from "../../service/port-details.ts";
import { EventListener } from "../../transport/event-listener.ts";
import { fileNames } from "../../transport/names.ts";
import { PortEntry } from "../common/port-entry.ts";
import { ListenerCreateError } from "./event-port-errors.ts";
import { type Listener, type ListenerOptions, ListenerPort } from "./listener.ts";

/** @throws ListenerCreateError, InvalidNameError; nothing is left behind then. */
export function createListener(service: ServiceState<EventPattern>, options: ListenerOptions): Listener {
  const entry = PortEntry.create(
    service,
    "listener",
    options.name ?? "",
    (origin, message, cause) => new ListenerCreateError("UnableToCreatePortTag", origin, message, { cause }),
  );
  let channel: EventListener | undefined;
  try {
    channel = createChannel(service, entry);
    const details = { portId: entry.id, portName: entry.name, nodeId: service.node.id };
    if (!entry.register(service.dynamicConfig.bagA, writeCommonDetails(details))) {
      throw tooManyListeners(entry.origin, service.pattern.maxListeners);
    }
  } catch (error) {
    channel?.remove();
    entry.remove();
    throw error;
  }
  return new ListenerPort(service, entry, channel);
}

function createChannel(
  { node: { os, config }, pattern }: ServiceState<EventPattern>,
  { id, origin }: PortEntry,
): EventListener {
  try {
    return EventListener.create(os, config, id, pattern.eventIdMaxValue);
  } catch (cause) {
    const { message, cause: reason } = cause as Error;
    const isTooLong = isOsError(reason, "ENAMETOOLONG");
    const socket = fileNames.eventSocket(config, id);
    throw new ListenerCreateError(
      "ResourceCreationFailed",
      origin,
      isTooLong
        ? `cannot create ${origin}: the path of its socket, "${socket}", has ${Buffer.byteLength(socket)} bytes, but the system takes 107 at most. Shorten rootPath, prefix or eventConnectionSuffix of the configuration.`
        : `cannot create ${origin}: ${message}`,
      { cause },
    );
  }
}

function tooManyListeners(origin: string, maxListeners: number): ListenerCreateError {
  return new ListenerCreateError(
    "ExceedsMaxSupportedListeners",
    origin,
    `cannot create ${origin}: it has ${maxListeners} listeners already (maxListeners: ${maxListeners}). Close one, or create the service with a larger maxListeners.`,
  );
}
