/** What can go wrong with clients and servers alone; names and codes are upstream's. */
import { Iox2Error } from "../../base/iox2-error.ts";

const clientCreateCodes = [
  "ExceedsMaxSupportedClients",
  "MaxActiveRequestsExceedsMaxSupportedActiveRequestsOfService",
  "UnableToCreateDataSegment",
  "UnableToCreatePortTag",
] as const;
export class ClientCreateError extends Iox2Error<(typeof clientCreateCodes)[number]> {
  static override readonly className: string = "ClientCreateError";
  static readonly codes: readonly string[] = clientCreateCodes;
}

const serverCreateCodes = [
  "ExceedsMaxSupportedServers",
  "UnableToCreateDataSegment",
  "UnableToCreatePortTag",
] as const;
export class ServerCreateError extends Iox2Error<(typeof serverCreateCodes)[number]> {
  static override readonly className: string = "ServerCreateError";
  static readonly codes: readonly string[] = serverCreateCodes;
}

const requestSendCodes = ["ExceedsMaxActiveRequests"] as const;
/** A request was not sent: nobody got it, and a loan is still yours. All else that can go wrong is a `SendError`. */
export class RequestSendError extends Iox2Error<(typeof requestSendCodes)[number]> {
  static override readonly className: string = "RequestSendError";
  static readonly codes: readonly string[] = requestSendCodes;
}
