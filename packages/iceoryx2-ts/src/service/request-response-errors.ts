/** What can go wrong with a request-response service; the codes are upstream's variants. */
import { Iox2Error } from "../base/iox2-error.ts";

const openCodes = [
  "Interrupt",
  "DoesNotExist",
  "InternalFailure",
  "IncompatibleRequestOrResponseType",
  "IncompatibleMessagingPattern",
  "IncompatibleAttributes",
  "IncompatibleOverflowBehaviorForRequests",
  "IncompatibleOverflowBehaviorForResponses",
  "IncompatibleBehaviorForFireAndForgetRequests",
  "DoesNotSupportRequestedAmountOfActiveRequestsPerClient",
  "DoesNotSupportRequestedAmountOfClientRequestLoans",
  "DoesNotSupportRequestedAmountOfBorrowedResponsesPerPendingResponse",
  "DoesNotSupportRequestedResponseBufferSize",
  "DoesNotSupportRequestedAmountOfServers",
  "DoesNotSupportRequestedAmountOfClients",
  "DoesNotSupportRequestedAmountOfNodes",
  "InsufficientPermissions",
  "ServiceInCorruptedState",
  "HangsInCreation",
  "ExceedsMaxNumberOfNodes",
  "IsMarkedForDestruction",
  "UnableToCreateServiceTag",
  "VersionMismatch",
] as const;
export type RequestResponseOpenErrorCode = (typeof openCodes)[number];

/** Thrown by `open` and `openOrCreate`. */
export class RequestResponseOpenError extends Iox2Error<RequestResponseOpenErrorCode> {
  static override readonly className: string = "RequestResponseOpenError";
  static readonly codes: readonly string[] = openCodes;
}

const createCodes = [
  "Interrupt",
  "ServiceInCorruptedState",
  "AlreadyExists",
  "InsufficientPermissions",
  "InternalFailure",
  "IsBeingCreatedByAnotherInstance",
  "UnableToCreateServiceTag",
  "ServiceConfigCouldNotBeCreated",
] as const;
export type RequestResponseCreateErrorCode = (typeof createCodes)[number];

/** Thrown by `create` and `openOrCreate`. */
export class RequestResponseCreateError extends Iox2Error<RequestResponseCreateErrorCode> {
  static override readonly className: string = "RequestResponseCreateError";
  static readonly codes: readonly string[] = createCodes;
}

const openOrCreateCodes = ["SystemInFlux"] as const;

/** Thrown by `openOrCreate` when the service is created and removed by others again and again. */
export class RequestResponseOpenOrCreateError extends Iox2Error<(typeof openOrCreateCodes)[number]> {
  static override readonly className: string = "RequestResponseOpenOrCreateError";
  static readonly codes: readonly string[] = openOrCreateCodes;
}
