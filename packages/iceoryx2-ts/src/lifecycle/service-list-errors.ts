/** What can go wrong when services are looked at; names and codes are upstream's. */
import { Iox2Error } from "../base/iox2-error.ts";

const listCodes = ["InsufficientPermissions", "InternalError"] as const;
/** Thrown by `Service.list`. */
export class ServiceListError extends Iox2Error<(typeof listCodes)[number]> {
  static override readonly className: string = "ServiceListError";
  static readonly codes: readonly string[] = listCodes;
}

const detailsCodes = [
  "InsufficientPermissions",
  "FailedToOpenStaticServiceInfo",
  "FailedToReadStaticServiceInfo",
  "FailedToDeserializeStaticServiceInfo",
  "ServiceInInconsistentState",
  "VersionMismatch",
  "InternalError",
] as const;
export type ServiceDetailsErrorCode = (typeof detailsCodes)[number];

/** Thrown by `Service.details` and `Service.doesExist`. */
export class ServiceDetailsError extends Iox2Error<ServiceDetailsErrorCode> {
  static override readonly className: string = "ServiceDetailsError";
  static readonly codes: readonly string[] = detailsCodes;
}
