/**
 * A shared memory object whose first word tells whether it is ready. Upstream: `dynamic_storage::posix_shared_memory`.
 *
 * ```text
 *   0   u64   version   0 while it is being initialised; 0.10.0 is 0x000A_0000
 *   8   ...   content
 * ```
 *
 * Its life is told by permission bits and version alone: created with 0200, filled, version stored last, mode set to
 * its final value. A reader requires the owner's read bit *and* the version, because root passes every mode.
 */
import { store64 } from "../memory/atomics.ts";
import { Region } from "../memory/region.ts";
import type { Mapping, Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { StorageError, toStorageError } from "./storage-error.ts";

export const VERSION_WORD = 0x000a_0000n;
/** Where the content of a dynamic storage begins. */
export const CONTENT_OFFSET = 8;

const MODE_INITIALIZING = 0o200;
export const MODE_READY = 0o600;
const MODE_OWNER_READ = 0o400;
const RETRY_INTERVAL = 1;

export interface DynamicStorage {
  readonly name: string;
  readonly region: Region;
  readonly mapping: Mapping;
}

export interface CreateOptions {
  /** In bytes, not rounded: peers compare it. */
  readonly size: number;
  readonly mode?: number | undefined;
  /**
   * The ranges, as [offset, length], that are backed by real memory at once, so that writing them cannot fail;
   * all of it by default.
   */
  readonly reserve?: readonly (readonly [number, number])[] | undefined;
  /** Writes the content into zeroed memory that nobody else uses yet. */
  readonly initialize: (region: Region) => void;
  /** Takes over the descriptor, which is closed otherwise. */
  readonly keepDescriptor?: ((fd: number) => void) | undefined;
}

export interface OpenOptions {
  readonly writable: boolean;
  /** The least size that makes sense, in bytes. */
  readonly minimumSize: number;
  /** How long to wait for a creator that is not ready yet, in milliseconds. */
  readonly timeout: number;
}

/** @throws StorageError; nothing is left behind then. */
export function createDynamicStorage(os: Os, name: string, options: CreateOptions): DynamicStorage {
  let fd: number;
  try {
    fd = os.shmCreateExclusive(name, MODE_INITIALIZING);
  } catch (error) {
    throw toStorageError(error, `shared memory "${name}"`);
  }
  let keep = false;
  let mapping: Mapping | undefined;
  try {
    os.ftruncate(fd, options.size);
    for (const [offset, length] of options.reserve ?? [[0, options.size]]) os.fallocate(fd, offset, length);
    mapping = os.map(fd, options.size, true);
    const region = new Region(mapping.buffer, options.size);
    options.initialize(region);
    store64(region.longs, 0, VERSION_WORD);
    os.fchmod(fd, options.mode ?? MODE_READY);
    if (options.keepDescriptor !== undefined) {
      options.keepDescriptor(fd);
      keep = true;
    }
    return { name, region, mapping };
  } catch (error) {
    mapping?.unmap();
    removeDynamicStorage(os, name);
    throw toStorageError(error, `shared memory "${name}"`);
  } finally {
    if (!keep) os.close(fd);
  }
}

/** @throws StorageError */
export function openDynamicStorage(os: Os, name: string, options: OpenOptions): DynamicStorage {
  const deadline = os.monotonicTime() + BigInt(Math.round(options.timeout * 1e6));
  for (;;) {
    const storage = tryOpen(os, name, options);
    if (storage !== undefined) return storage;
    if (os.monotonicTime() >= deadline) {
      throw new StorageError(
        "InitializationNotYetFinalized",
        `shared memory "${name}"`,
        `shared memory "${name}" was not initialised within ${options.timeout} ms: its creator is slow, stopped or dead.`,
      );
    }
    os.sleep(RETRY_INTERVAL);
  }
}

/** @returns undefined while the creator is not ready. */
function tryOpen(os: Os, name: string, { writable, minimumSize }: OpenOptions): DynamicStorage | undefined {
  const origin = `shared memory "${name}"`;
  let fd: number;
  try {
    fd = os.shmOpen(name, writable ? "readWrite" : "readOnly");
  } catch (error) {
    // Only the creator's mode keeps the owner out; whether it is that or another user's object shows in its status.
    if (isOsError(error, "EACCES") && isInitializing(os, name)) return undefined;
    throw toStorageError(error, origin);
  }
  try {
    const status = os.fstat(fd);
    if (status.kind !== "file") throw new StorageError("Corrupted", origin, `${origin} is not a file.`);
    if ((status.mode & MODE_OWNER_READ) === 0 || status.size === 0) return undefined;
    if (status.size < minimumSize) throw tooShort(origin, status.size, minimumSize);
    const version = readVersion(os, fd);
    if (version === 0n) return undefined;
    if (version !== VERSION_WORD) {
      throw new StorageError("VersionMismatch", origin, describeVersion(origin, version));
    }
    const mapping = os.map(fd, status.size, writable);
    return { name, region: new Region(mapping.buffer, status.size), mapping };
  } catch (error) {
    throw toStorageError(error, origin);
  } finally {
    os.close(fd);
  }
}

/** The creator stores the version last, so whoever sees it sees everything before it. */
function readVersion(os: Os, fd: number): bigint {
  const word = os.read(fd, 8);
  return word.length < 8 ? 0n : new DataView(word.buffer, word.byteOffset).getBigUint64(0, true);
}

function isInitializing(os: Os, name: string): boolean {
  try {
    return os.shmStatus(name).mode === MODE_INITIALIZING;
  } catch (error) {
    if (isOsError(error, "ENOENT")) return false;
    throw error;
  }
}

function tooShort(origin: string, size: number, minimumSize: number): StorageError {
  return new StorageError(
    "Corrupted",
    origin,
    `${origin} has ${size} bytes, but at least ${minimumSize} are needed.`,
  );
}

function describeVersion(origin: string, version: bigint): string {
  const [major, minor, patch] = [version >> 32n, (version >> 16n) & 0xffffn, version & 0xffffn];
  return `${origin} was made by iceoryx2 ${major}.${minor}.${patch}, but this library speaks 0.10.0. Use the same version everywhere.`;
}

export type Opened = { readonly storage: DynamicStorage; readonly created: boolean };

/** Opens what is there or creates it; who loses the race to create opens what the winner made. */
export function openOrCreateDynamicStorage(
  os: Os,
  name: string,
  open: OpenOptions,
  create: CreateOptions,
): Opened {
  for (;;) {
    try {
      return { storage: openDynamicStorage(os, name, open), created: false };
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== "DoesNotExist") throw error;
    }
    try {
      return { storage: createDynamicStorage(os, name, create), created: true };
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== "AlreadyExists") throw error;
    }
  }
}

/** @returns whether it was there. */
export function removeDynamicStorage(os: Os, name: string): boolean {
  try {
    os.shmUnlink(name);
    return true;
  } catch (error) {
    if (isOsError(error, "ENOENT")) return false;
    throw toStorageError(error, `shared memory "${name}"`);
  }
}
