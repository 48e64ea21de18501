/** What can go wrong with a port; names and codes are upstream's. */
import { Iox2Error } from "../../base/iox2-error.ts";

const loanCodes = ["OutOfMemory", "ExceedsMaxLoans", "ExceedsMaxLoanSize", "InternalFailure"] as const;
/** A chunk of memory to send from could not be loaned. */
export class LoanError extends Iox2Error<(typeof loanCodes)[number]> {
  static override readonly className: string = "LoanError";
  static readonly codes: readonly string[] = loanCodes;
}

const sendCodes = [
  "ConnectionBrokenSinceSenderNoLongerExists",
  "ConnectionCorrupted",
  "FailedToEstablishConnection",
  "UnableToDeliver",
] as const;
/** The sample was not delivered to all: without handlers, nobody got it. A loan is still the caller's. */
export class SendError extends Iox2Error<(typeof sendCodes)[number]> {
  static override readonly className: string = "SendError";
  static readonly codes: readonly string[] = sendCodes;
}

const receiveCodes = ["ConnectionCorrupted", "ExceedsMaxBorrows", "FailedToEstablishConnection"] as const;
/** Nothing was received, and nothing is lost: what waits goes on waiting. */
export class ReceiveError extends Iox2Error<(typeof receiveCodes)[number]> {
  static override readonly className: string = "ReceiveError";
  static readonly codes: readonly string[] = receiveCodes;
}
