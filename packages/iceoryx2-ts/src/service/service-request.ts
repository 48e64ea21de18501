/** What a caller wants of a service, in the form that creating and opening need it: one implementation per pattern. */
import type { Iox2Error } from "../base/iox2-error.ts";
import type { AttributeRequirements, Attributes } from "./attributes.ts";
import type { MessagingPattern } from "./static-config.ts";

/** The open errors that the life cycle itself finds; the same for every pattern. */
export type CommonOpenErrorCode =
  | "DoesNotExist"
  | "ExceedsMaxNumberOfNodes"
  | "HangsInCreation"
  | "IncompatibleAttributes"
  | "IncompatibleMessagingPattern"
  | "InsufficientPermissions"
  | "InternalFailure"
  | "IsMarkedForDestruction"
  | "ServiceInCorruptedState"
  | "UnableToCreateServiceTag"
  | "VersionMismatch";

/** The create errors that the life cycle itself finds; the same for every pattern. */
export type CommonCreateErrorCode =
  | "AlreadyExists"
  | "InsufficientPermissions"
  | "InternalFailure"
  | "IsBeingCreatedByAnotherInstance"
  | "ServiceConfigCouldNotBeCreated"
  | "ServiceInCorruptedState"
  | "UnableToCreateServiceTag";

export interface ServiceErrors {
  open(code: CommonOpenErrorCode, message: string, cause?: unknown): Iox2Error;
  create(code: CommonCreateErrorCode, message: string, cause?: unknown): Iox2Error;
  systemInFlux(message: string, cause?: unknown): Iox2Error;
}

export interface ServiceRequest<P extends MessagingPattern = MessagingPattern> {
  readonly serviceName: string;
  readonly kind: P["kind"];
  readonly attributes: Attributes;
  readonly requirements: AttributeRequirements;
  readonly errors: ServiceErrors;
  /** The configuration of a service that does not exist yet. @throws the pattern's create error */
  toCreate(): P;
  /** Whether an existing service will do. @throws the pattern's open error */
  checkExisting(existing: P): void;
}
