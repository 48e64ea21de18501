import { Iox2Error } from "../../base/iox2-error.ts";

const callCodes = ["NoServer", "NoResponse", "PeerDied"] as const;
/** A call or a stream came to nothing, and no more can come. */
export class CallError extends Iox2Error<(typeof callCodes)[number]> {
  static override readonly className: string = "CallError";
  static readonly codes: readonly string[] = callCodes;
}
