/**
 * A file that is written once and then only read: service configurations, node details, tags.
 * Upstream: `static_storage::file`.
 *
 * Its mode tells whether it is ready: 0600 while it is being written, 0400 from then on.
 */
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { StorageError, toStorageError } from "./storage-error.ts";

const MODE_INITIALIZING = 0o600;
const MODE_READY = 0o400;
const MODE_DIRECTORY = 0o750;

/**
 * Creates the file with its whole content, in one go: a creator that dies in between would block the name.
 *
 * @throws StorageError `AlreadyExists` and others; nothing is left behind then.
 */
export function createStaticStorage(os: Os, path: string, content: Uint8Array): void {
  const fd = createFile(os, path);
  try {
    os.writeAll(fd, content);
    os.fchmod(fd, MODE_READY);
  } catch (error) {
    removeStaticStorage(os, path);
    throw toStorageError(error, `file "${path}"`);
  } finally {
    os.close(fd);
  }
}

function createFile(os: Os, path: string): number {
  try {
    return os.createExclusive(path, MODE_INITIALIZING);
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw toStorageError(error, `file "${path}"`);
  }
  makeDirectories(os, path.slice(0, path.lastIndexOf("/")));
  try {
    return os.createExclusive(path, MODE_INITIALIZING);
  } catch (error) {
    throw toStorageError(error, `file "${path}"`);
  }
}

/** Creates every missing level of a directory with the mode that peers use. */
export function makeDirectories(os: Os, path: string): void {
  try {
    os.mkdir(path, MODE_DIRECTORY);
  } catch (error) {
    if (isOsError(error, "EEXIST")) return;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!isOsError(error, "ENOENT") || parent === "") throw toStorageError(error, `directory "${path}"`);
    makeDirectories(os, parent);
    makeDirectories(os, path);
  }
}

/**
 * Reads the whole content.
 *
 * @throws StorageError `InitializationNotYetFinalized` while the creator is writing, `DoesNotExist` and others.
 */
export function readStaticStorage(os: Os, path: string): Uint8Array {
  const origin = `file "${path}"`;
  let fd: number;
  try {
    fd = os.open(path, "readOnly");
  } catch (error) {
    throw toStorageError(error, origin);
  }
  try {
    const status = os.fstat(fd);
    if (status.kind !== "file")
      throw new StorageError("Corrupted", origin, `${origin} is not a regular file.`);
    if (status.mode === MODE_INITIALIZING) {
      throw new StorageError(
        "InitializationNotYetFinalized",
        origin,
        `${origin} is still being written: its creator is slow, stopped or dead.`,
      );
    }
    const content = os.readAll(fd);
    if (content.length !== status.size) {
      throw new StorageError("Corrupted", origin, `${origin} changed while it was read.`);
    }
    return content;
  } catch (error) {
    throw toStorageError(error, origin);
  } finally {
    os.close(fd);
  }
}

/** Whether a finished file is there. */
export function staticStorageExists(os: Os, path: string): boolean {
  try {
    const status = os.lstat(path);
    return status.kind === "file" && status.mode !== MODE_INITIALIZING;
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) return false;
    throw toStorageError(error, `file "${path}"`);
  }
}

/** @returns whether it was there. */
export function removeStaticStorage(os: Os, path: string): boolean {
  try {
    os.unlink(path);
    return true;
  } catch (error) {
    if (isOsError(error, "ENOENT", "ENOTDIR")) return false;
    throw toStorageError(error, `file "${path}"`);
  }
}
