import { Iox2Error } from "../base/iox2-error.ts";
import { isOsError, OsError } from "../os/os-error.ts";

const storageCodes = [
  "AlreadyExists",
  "DoesNotExist",
  "InitializationNotYetFinalized",
  "VersionMismatch",
  "InsufficientPermissions",
  "OutOfMemory",
  "Corrupted",
  "InternalFailure",
] as const;

/**
 * A shared-memory object or file of the protocol cannot be created or opened. Internal to the library: the strata
 * above translate it into upstream's errors and keep it as their `cause`.
 */
export class StorageError extends Iox2Error<(typeof storageCodes)[number]> {
  static override readonly className: string = "StorageError";
  static readonly codes: readonly string[] = storageCodes;
}

export type StorageErrorCode = (typeof storageCodes)[number];

export function isStorageError(error: unknown, ...codes: readonly StorageErrorCode[]): error is StorageError {
  return error instanceof StorageError && (codes.length === 0 || codes.includes(error.code));
}

/** What an errno means for a storage object. */
export function toStorageError(error: unknown, origin: string): StorageError {
  if (error instanceof StorageError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StorageError(codeOf(error), origin, `${origin}: ${message}`, { cause: error });
}

function codeOf(error: unknown): StorageErrorCode {
  if (!(error instanceof OsError)) return "InternalFailure";
  if (isOsError(error, "EEXIST")) return "AlreadyExists";
  if (isOsError(error, "ENOENT")) return "DoesNotExist";
  if (isOsError(error, "EACCES", "EPERM", "EROFS")) return "InsufficientPermissions";
  if (isOsError(error, "ENOSPC", "ENOMEM", "EOVERFLOW", "EDQUOT", "EFBIG")) return "OutOfMemory";
  if (isOsError(error, "ELOOP", "EISDIR", "ENOTDIR", "ENXIO")) return "Corrupted";
  return "InternalFailure";
}
