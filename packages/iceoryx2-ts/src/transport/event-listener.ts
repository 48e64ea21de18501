/** The listener's side of an event channel: it makes and removes both the shared memory and the socket. */
import type { Config } from "../config/config.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import { createDynamicStorage, type DynamicStorage, removeDynamicStorage } from "./dynamic-storage.ts";
import { EventChannel, eventChannelSize } from "./event-channel.ts";
import { fileNames, sharedMemoryNames } from "./names.ts";

/** A bell is one byte; only its arrival means something. */
const BELL_SIZE = 1;

export class EventListener {
  /** Readable while a bell rings. */
  readonly fd: number;
  readonly #os: Os;
  readonly #config: Config;
  readonly #listenerId: bigint;
  readonly #storage: DynamicStorage;
  readonly #channel: EventChannel;
  readonly #takeBell: () => boolean;

  private constructor(
    os: Os,
    config: Config,
    listenerId: bigint,
    storage: DynamicStorage,
    channel: EventChannel,
    fd: number,
  ) {
    this.#os = os;
    this.#config = config;
    this.#listenerId = listenerId;
    this.#storage = storage;
    this.#channel = channel;
    this.fd = fd;
    const bell = new Uint8Array(BELL_SIZE);
    this.#takeBell = () => os.receive(fd, bell) >= 0;
  }

  /** @throws StorageError; nothing is left behind then. */
  static create(os: Os, config: Config, listenerId: bigint, eventIdMax: number): EventListener {
    const name = sharedMemoryNames.eventManagement(config, listenerId);
    let channel: EventChannel | undefined;
    let fd: number | undefined;
    try {
      const storage = createDynamicStorage(os, name, {
        size: eventChannelSize(eventIdMax),
        initialize(region): void {
          channel = EventChannel.initialize(region, eventIdMax);
          // Whoever sees the memory ready may ring.
          fd = os.bindDatagram(fileNames.eventSocket(config, listenerId));
        },
      });
      return new EventListener(os, config, listenerId, storage, channel!, fd!);
    } catch (error) {
      if (fd !== undefined) {
        os.close(fd);
        removeSocket(os, config, listenerId);
      }
      throw error;
    }
  }

  /** Whether nobody rings or is about to. */
  get isIdle(): boolean {
    return this.#channel.isIdle;
  }

  /**
   * Takes everything that was notified, in ascending order of the event ids.
   *
   * @throws OsError
   */
  drain(report: (eventId: number, count: number) => void): void {
    this.#channel.drain(this.#takeBell, report);
  }

  remove(): void {
    this.#os.close(this.fd);
    removeSocket(this.#os, this.#config, this.#listenerId);
    this.#storage.mapping.unmap();
    removeDynamicStorage(this.#os, this.#storage.name);
  }
}

/** Removes what the listener of a dead process left. May be repeated. @throws StorageError, OsError */
export function removeEventListener(os: Os, config: Config, listenerId: bigint): void {
  removeSocket(os, config, listenerId);
  removeDynamicStorage(os, sharedMemoryNames.eventManagement(config, listenerId));
}

function removeSocket(os: Os, config: Config, listenerId: bigint): void {
  try {
    os.unlink(fileNames.eventSocket(config, listenerId));
  } catch (error) {
    if (!isOsError(error, "ENOENT")) throw error;
  }
}
