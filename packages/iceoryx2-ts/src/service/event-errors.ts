/** What can go wrong with an event service; the codes are upstream's variants. */
import { Iox2Error } from "../base/iox2-error.ts";

const openCodes = [
  "Interrupt",
  "DoesNotExist",
  "InternalFailure",
  "IncompatibleMessagingPattern",
  "IncompatibleAttributes",
  "IncompatibleDeadline",
  "IncompatibleNotifierCreatedEvent",
  "IncompatibleNotifierDroppedEvent",
  "IncompatibleNotifierDeadEvent",
  "DoesNotSupportRequestedAmountOfNotifiers",
  "DoesNotSupportRequestedAmountOfListeners",
  "DoesNotSupportRequestedMaxEventId",
  "DoesNotSupportRequestedAmountOfNodes",
  "InsufficientPermissions",
  "ServiceInCorruptedState",
  "HangsInCreation",
  "ExceedsMaxNumberOfNodes",
  "IsMarkedForDestruction",
  "UnableToCreateServiceTag",
  "VersionMismatch",
] as const;
export type EventOpenErrorCode = (typeof openCodes)[number];

/** Thrown by `open` and `openOrCreate`. */
export class EventOpenError extends Iox2Error<EventOpenErrorCode> {
  static override readonly className: string = "EventOpenError";
  static readonly codes: readonly string[] = openCodes;
}

const createCodes = [
  "Interrupt",
  "ServiceInCorruptedState",
  "EventIdExceedsMaxSupportedValue",
  "AlreadyExists",
  "InsufficientPermissions",
  "InternalFailure",
  "IsBeingCreatedByAnotherInstance",
  "UnableToCreateServiceTag",
  "ServiceConfigCouldNotBeCreated",
] as const;
export type EventCreateErrorCode = (typeof createCodes)[number];

/** Thrown by `create` and `openOrCreate`. */
export class EventCreateError extends Iox2Error<EventCreateErrorCode> {
  static override readonly className: string = "EventCreateError";
  static readonly codes: readonly string[] = createCodes;
}

const openOrCreateCodes = ["SystemInFlux"] as const;

/** Thrown by `openOrCreate` when the service is created and removed by others again and again. */
export class EventOpenOrCreateError extends Iox2Error<(typeof openOrCreateCodes)[number]> {
  static override readonly className: string = "EventOpenOrCreateError";
  static readonly codes: readonly string[] = openOrCreateCodes;
}
