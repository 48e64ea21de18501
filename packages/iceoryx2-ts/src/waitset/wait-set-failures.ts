/** What failures of the system mean to users of wait sets. */
import { isOsError } from "../os/os-error.ts";
import type { Attached } from "./attachment.ts";
import { WaitSetAttachmentError, WaitSetCreateError, WaitSetRunError } from "./wait-set-errors.ts";

export function toCreateError(cause: unknown, origin: string): WaitSetCreateError {
  const isScarce = isOsError(cause, "EMFILE", "ENFILE", "ENOMEM");
  const code = isScarce ? "InsufficientResources" : "InternalError";
  return new WaitSetCreateError(code, origin, `cannot create ${origin}: ${(cause as Error).message}`, {
    cause,
  });
}

export function toAttachmentError(
  cause: unknown,
  origin: string,
  { fd, listener }: Attached,
): WaitSetAttachmentError {
  const what = listener?.origin ?? `file descriptor ${fd}`;
  const [code, reason] = explain(cause);
  return new WaitSetAttachmentError(code, origin, `cannot attach ${what} to ${origin}: ${reason}`, { cause });
}

function explain(cause: unknown): readonly [code: WaitSetAttachmentError["code"], reason: string] {
  if (isOsError(cause, "EEXIST")) {
    return ["AlreadyAttached", "it is attached already. Use the guard that you have, or release it first."];
  }
  if (isOsError(cause, "ENOSPC")) {
    const limit = "/proc/sys/fs/epoll/max_user_watches";
    return ["InsufficientCapacity", `this user may not attach more. The limit is in ${limit}.`];
  }
  if (isOsError(cause, "ENOMEM")) return ["InsufficientResources", "the system is out of memory."];
  if (isOsError(cause, "EPERM")) {
    return ["InternalError", "it is nothing that can be waited for, such as a file on disk."];
  }
  return ["InternalError", (cause as Error).message];
}

export function toRunError(cause: unknown, origin: string): WaitSetRunError {
  const code = isOsError(cause, "EACCES", "EPERM") ? "InsufficientPermissions" : "InternalError";
  return new WaitSetRunError(code, origin, `cannot wait for ${origin}: ${(cause as Error).message}`, {
    cause,
  });
}
