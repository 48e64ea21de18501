/** The notifier's side of an event channel: the listener's memory, and a socket that is connected to its bell. */
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { type DynamicStorage, openDynamicStorage } from "./dynamic-storage.ts";
import { EVENT_CHANNEL_HEADER_SIZE, EventChannel } from "./event-channel.ts";
import { fileNames, sharedMemoryNames } from "./names.ts";
import { isStorageError, StorageError, toStorageError } from "./storage-error.ts";

/** What every bell holds; only its arrival means something. */
const BELL: Uint8Array = Uint8Array.of(0);

export class EventNotifier {
  readonly #os: Os;
  readonly #storage: DynamicStorage;
  readonly #channel: EventChannel;
  readonly #fd: number;
  readonly #ring: () => void;

  private constructor(os: Os, storage: DynamicStorage, channel: EventChannel, fd: number) {
    this.#os = os;
    this.#storage = storage;
    this.#channel = channel;
    this.#fd = fd;
    this.#ring = () => ring(os, fd);
  }

  /**
   * Connects to a listener.
   *
   * @returns undefined if there is none (any more), or not completely yet.
   * @throws StorageError
   */
  static open(os: Os, config: Config, listenerId: bigint, eventIdMax: number): EventNotifier | undefined {
    const name = sharedMemoryNames.eventManagement(config, listenerId);
    const minimumSize = EVENT_CHANNEL_HEADER_SIZE;
    let storage: DynamicStorage | undefined;
    try {
      storage = openDynamicStorage(os, name, { writable: true, minimumSize, timeout: 0 });
      const channel = attach(storage, eventIdMax);
      const fd = os.connectDatagram(fileNames.eventSocket(config, listenerId));
      return new EventNotifier(os, storage, channel, fd);
    } catch (error) {
      storage?.mapping.unmap();
      if (isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized") || isGone(error)) {
        return undefined;
      }
      throw toStorageError(error, `listener ${listenerId}`);
    }
  }

  /**
   * Makes no system call while the listener has not taken the last bell.
   *
   * @param eventId up to the largest one that was given to `open`.
   * @returns false if the listener is gone.
   * @throws OsError
   */
  notify(eventId: number): boolean {
    try {
      this.#channel.notify(eventId, this.#ring);
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  close(): void {
    this.#os.close(this.#fd);
    this.#storage.mapping.unmap();
  }
}

function attach({ region, name }: DynamicStorage, eventIdMax: number): EventChannel {
  const channel = EventChannel.attach(region);
  if (channel !== undefined && channel.capacity > eventIdMax) return channel;
  const origin = `shared memory "${name}"`;
  throw new StorageError(
    "Corrupted",
    origin,
    `${origin} does not hold counters for the event ids up to ${eventIdMax}.`,
  );
}

function ring(os: Os, fd: number): void {
  try {
    os.send(fd, BELL);
  } catch (error) {
    // A full buffer holds bells enough.
    if (!isOsError(error, "EAGAIN", "ENOBUFS")) throw error;
  }
}

/** Nobody has the socket bound any more. */
function isGone(error: unknown): boolean {
  return isOsError(error, "ENOENT", "ECONNREFUSED", "ECONNRESET", "ENOTCONN");
}

/**
 * Notifies one listener once.
 *
 * @returns whether there was one.
 * @throws StorageError, OsError
 */
export function notifyListener(os: Os, config: Config, listenerId: bigint, eventId: number): boolean {
  const notifier = EventNotifier.open(os, config, listenerId, eventId);
  if (notifier === undefined) return false;
  try {
    return notifier.notify(eventId);
  } finally {
    notifier.close();
  }
}
