/**
 * What wakes a listener: a counter per event id in shared memory, and a datagram socket as its bell.
 * Upstream: `event::unix_datagram_socket` with `CountingBitSet`.
 *
 * ```text
 *  0x00  u64   version
 *  0x08  i64   pointer to the counters
 *  0x10  u64   capacity = largest event id + 1
 *  0x18  u8    initialised = 1
 *  0x20  u64   largest event id
 *  0x28  u8    notification state: 0 idle, 1 pending, 2 notified
 *  0x30  u64   counters[capacity]
 * ```
 *
 * A notifier counts first and rings only if nobody has: idle to pending before the datagram, pending to notified
 * after it. A listener that is woken sets it back to idle before it takes the counters.
 */
import type { Config } from "../config/config.ts";
import { add64, compareExchange8 } from "../memory/atomics.ts";
import type { Region } from "../memory/region.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { CONTENT_OFFSET, openDynamicStorage } from "./dynamic-storage.ts";
import { fileNames, sharedMemoryNames } from "./names.ts";
import { isStorageError, StorageError } from "./storage-error.ts";

const COUNTERS_POINTER: number = CONTENT_OFFSET;
const CAPACITY: number = COUNTERS_POINTER + 8;
const IS_INITIALIZED: number = CAPACITY + 8;
const EVENT_ID_MAX: number = IS_INITIALIZED + 8;
const NOTIFICATION_STATE: number = EVENT_ID_MAX + 8;
const HEADER_SIZE: number = NOTIFICATION_STATE + 8;

const IDLE = 0;
const PENDING = 1;
const NOTIFIED = 2;
/** What every datagram holds; only its arrival means something. */
const BELL: Uint8Array = Uint8Array.of(0);

/**
 * Notifies one listener once.
 *
 * @returns whether there was one.
 * @throws StorageError, OsError
 */
export function notifyListener(os: Os, config: Config, listenerId: bigint, eventId: number): boolean {
  const name = sharedMemoryNames.eventManagement(config, listenerId);
  try {
    const storage = openDynamicStorage(os, name, { writable: true, minimumSize: HEADER_SIZE, timeout: 0 });
    try {
      activate(storage.region, name, eventId);
      return ring(os, storage.region, fileNames.eventSocket(config, listenerId));
    } finally {
      storage.mapping.unmap();
    }
  } catch (error) {
    if (isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized")) return false;
    throw error;
  }
}

function activate(region: Region, name: string, eventId: number): void {
  const capacity = region.size64(CAPACITY);
  const counters = region.followPointer(COUNTERS_POINTER, 8 * capacity, 8);
  if (counters === undefined || !(eventId < capacity)) {
    throw new StorageError(
      "Corrupted",
      `shared memory "${name}"`,
      `shared memory "${name}" has no counter for event id ${eventId}.`,
    );
  }
  add64(region.longs, counters / 8 + eventId, 1n);
}

function ring(os: Os, { bytes }: Region, socket: string): boolean {
  if (compareExchange8(bytes, NOTIFICATION_STATE, IDLE, PENDING) === NOTIFIED) return true;
  try {
    sendBell(os, socket);
  } catch (error) {
    if (isOsError(error, "ENOENT", "ECONNREFUSED", "ECONNRESET", "ENOTCONN")) return false;
    // A full buffer holds bells enough.
    if (!isOsError(error, "EAGAIN", "ENOBUFS")) throw error;
  }
  compareExchange8(bytes, NOTIFICATION_STATE, PENDING, NOTIFIED);
  return true;
}

function sendBell(os: Os, socket: string): void {
  const fd = os.connectDatagram(socket);
  try {
    os.send(fd, BELL);
  } finally {
    os.close(fd);
  }
}
