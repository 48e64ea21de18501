/** What can go wrong with wait sets; names and codes are upstream's. */
import { Iox2Error } from "../base/iox2-error.ts";

const createCodes = ["InternalError", "InsufficientResources"] as const;
export class WaitSetCreateError extends Iox2Error<(typeof createCodes)[number]> {
  static override readonly className: string = "WaitSetCreateError";
  static readonly codes: readonly string[] = createCodes;
}

const attachmentCodes = [
  "InsufficientCapacity",
  "AlreadyAttached",
  "InternalError",
  "InsufficientResources",
] as const;
export class WaitSetAttachmentError extends Iox2Error<(typeof attachmentCodes)[number]> {
  static override readonly className: string = "WaitSetAttachmentError";
  static readonly codes: readonly string[] = attachmentCodes;
}

const runCodes = ["InsufficientPermissions", "InternalError", "NoAttachments"] as const;
export class WaitSetRunError extends Iox2Error<(typeof runCodes)[number]> {
  static override readonly className: string = "WaitSetRunError";
  static readonly codes: readonly string[] = runCodes;
}
