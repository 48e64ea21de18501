/** What can go wrong with a publish-subscribe service; the codes are upstream's variants. */
import { Iox2Error } from "../base/iox2-error.ts";

const openCodes = [
  "Interrupt",
  "DoesNotExist",
  "InternalFailure",
  "IncompatibleTypes",
  "IncompatibleMessagingPattern",
  "IncompatibleAttributes",
  "DoesNotSupportRequestedMinBufferSize",
  "DoesNotSupportRequestedMinHistorySize",
  "DoesNotSupportRequestedMinSubscriberBorrowedSamples",
  "DoesNotSupportRequestedAmountOfPublishers",
  "DoesNotSupportRequestedAmountOfSubscribers",
  "DoesNotSupportRequestedAmountOfNodes",
  "IncompatibleOverflowBehavior",
  "InsufficientPermissions",
  "ServiceInCorruptedState",
  "HangsInCreation",
  "ExceedsMaxNumberOfNodes",
  "IsMarkedForDestruction",
  "UnableToCreateServiceTag",
  "VersionMismatch",
] as const;
export type PublishSubscribeOpenErrorCode = (typeof openCodes)[number];

/** Thrown by `open` and `openOrCreate`. */
export class PublishSubscribeOpenError extends Iox2Error<PublishSubscribeOpenErrorCode> {
  static override readonly className: string = "PublishSubscribeOpenError";
  static readonly codes: readonly string[] = openCodes;
}

const createCodes = [
  "Interrupt",
  "ServiceInCorruptedState",
  "SubscriberBufferMustBeLargerThanHistorySize",
  "AlreadyExists",
  "InsufficientPermissions",
  "InternalFailure",
  "IsBeingCreatedByAnotherInstance",
  "UnableToCreateServiceTag",
  "ServiceConfigCouldNotBeCreated",
] as const;
export type PublishSubscribeCreateErrorCode = (typeof createCodes)[number];

/** Thrown by `create` and `openOrCreate`. */
export class PublishSubscribeCreateError extends Iox2Error<PublishSubscribeCreateErrorCode> {
  static override readonly className: string = "PublishSubscribeCreateError";
  static readonly codes: readonly string[] = createCodes;
}

const openOrCreateCodes = ["SystemInFlux"] as const;

/** Thrown by `openOrCreate` when the service is created and removed by others again and again. */
export class PublishSubscribeOpenOrCreateError extends Iox2Error<(typeof openOrCreateCodes)[number]> {
  static override readonly className: string = "PublishSubscribeOpenOrCreateError";
  static readonly codes: readonly string[] = openOrCreateCodes;
}
