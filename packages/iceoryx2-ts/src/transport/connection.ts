/**
 * The connection between one sender and one receiver. Upstream: `zero_copy_connection`.
 *
 * Either side creates it, whoever comes first, and the last one out removes it. Both ids stand in its name, so no
 * two connections ever share one.
 */
import type { Config } from "../config/config.ts";
import type { QueuePlace } from "../lockfree/queue-place.ts";
import { compareExchange8, load8, store64 } from "../memory/atomics.ts";
import type { Region } from "../memory/region.ts";
import type { Mapping, Os } from "../os/os.ts";
import { CHANNEL_CLOSED, ChannelState } from "./channel-state.ts";
import * as layout from "./connection-layout.ts";
import {
  type DynamicStorage,
  openDynamicStorage,
  openOrCreateDynamicStorage,
  removeDynamicStorage,
} from "./dynamic-storage.ts";
import { sharedMemoryNames } from "./names.ts";
import { isStorageError, StorageError } from "./storage-error.ts";

export type Side = "sender" | "receiver";

const STATE_BIT: Readonly<Record<Side, number>> = { sender: 1, receiver: 2 };
const BOTH_CONNECTED: number = STATE_BIT.sender | STATE_BIT.receiver;
const MARKED_FOR_DESTRUCTION = 0x80;
/** Above that a size is nonsense; it keeps the arithmetic of a hostile peer's numbers exact. */
const PARAMETER_MAX = 2 ** 32;

export interface Channel {
  readonly state: ChannelState;
  readonly submission: QueuePlace;
  readonly completion: QueuePlace;
}

export interface ConnectionPeers {
  readonly senderId: bigint;
  readonly receiverId: bigint;
}

export class Connection {
  readonly channels: readonly Channel[];
  readonly #os: Os;
  readonly #name: string;
  readonly #region: Region;
  readonly #mapping: Mapping;
  readonly #side: Side;

  private constructor(os: Os, { name, region, mapping }: DynamicStorage, side: Side, channels: Channel[]) {
    this.#os = os;
    this.#name = name;
    this.#region = region;
    this.#mapping = mapping;
    this.#side = side;
    this.channels = channels;
  }

  /**
   * Opens the connection or creates it, and attaches `side`.
   *
   * @param timeout how long to wait for a peer that is just creating it, in milliseconds.
   * @throws StorageError
   */
  static attach(
    os: Os,
    config: Config,
    peers: ConnectionPeers,
    side: Side,
    parameters: layout.ConnectionParameters,
    timeout: number,
  ): Connection {
    const { fileSize } = layout.layOutConnection(parameters);
    const { storage, created } = openOrCreateDynamicStorage(
      os,
      sharedMemoryNames.connection(config, peers.senderId, peers.receiverId),
      { writable: true, minimumSize: layout.CHANNEL_AREA, timeout },
      { size: fileSize, initialize: (region) => initialize(region, side, parameters) },
    );
    try {
      if (!created) reserve(storage, side);
      try {
        const channels = readChannels(storage, parameters);
        return new Connection(os, storage, side, channels);
      } catch (error) {
        leave(os, storage.name, storage.region, side);
        throw error;
      }
    } catch (error) {
      storage.mapping.unmap();
      throw error;
    }
  }

  /** Whether both sides are attached. A peer that died still is, until somebody cleans its node. */
  get isConnected(): boolean {
    return load8(this.#region.bytes, layout.STATE) === BOTH_CONNECTED;
  }

  /** Detaches our side; the last one removes the object. Nothing of the connection may be used afterwards. */
  detach(): void {
    leave(this.#os, this.#name, this.#region, this.#side);
    this.#mapping.unmap();
  }
}

function reserve({ name, region }: DynamicStorage, side: Side): void {
  const bit = STATE_BIT[side];
  const origin = `connection "${name}"`;
  let state = load8(region.bytes, layout.STATE);
  for (;;) {
    if (state === MARKED_FOR_DESTRUCTION) {
      throw new StorageError("DoesNotExist", origin, `${origin} is being removed by the other side.`);
    }
    if ((state & bit) !== 0) {
      throw new StorageError("AlreadyExists", origin, `${origin} already has a ${side}.`);
    }
    const before = compareExchange8(region.bytes, layout.STATE, state, state | bit);
    if (before === state) return;
    state = before;
  }
}

/** Gives up our bit of the state and unlinks the object if nobody is left. */
function leave(os: Os, name: string, region: Region, side: Side): void {
  const bit = STATE_BIT[side];
  let state = load8(region.bytes, layout.STATE);
  while (state !== MARKED_FOR_DESTRUCTION) {
    // Upstream's creator sets its bit last: if it died before that, nobody is in there either.
    const rest = state & ~bit;
    const next = rest === 0 ? MARKED_FOR_DESTRUCTION : rest;
    const before = compareExchange8(region.bytes, layout.STATE, state, next);
    if (before === state) {
      state = next;
      break;
    }
    state = before;
  }
  if (state === MARKED_FOR_DESTRUCTION) removeDynamicStorage(os, name);
}

function initialize(region: Region, side: Side, parameters: layout.ConnectionParameters): void {
  const place = layout.layOutConnection(parameters);
  const { bufferSize, samplesPerSegment, numberOfSegments, numberOfChannels } = parameters;
  const { bytes } = region;
  const put = (offset: number, value: number): void => {
    region.view.setBigUint64(offset, BigInt(value), true);
  };
  const putVector = (offset: number, target: number, length: number): void => {
    region.writePointer(offset, target);
    put(offset + layout.VECTOR_CAPACITY, length);
    put(offset + layout.VECTOR_LENGTH, length);
  };
  putVector(layout.CHANNELS, layout.CHANNEL_AREA, numberOfChannels);
  putVector(layout.SEGMENT_DETAILS, place.segmentDetails, numberOfSegments * numberOfChannels);
  put(layout.MAX_BORROWED_SAMPLES, parameters.maxBorrowedSamples);
  put(layout.SAMPLES_PER_SEGMENT, samplesPerSegment);
  bytes[layout.NUMBER_OF_SEGMENTS] = numberOfSegments;
  bytes[layout.ENABLE_SAFE_OVERFLOW] = parameters.enableSafeOverflow ? 1 : 0;
  for (const { channel, submissionSlots, completionSlots } of place.channels) {
    bytes.fill(1, channel + layout.COMPLETION_FLAGS, channel + layout.COMPLETION_FLAGS + 3);
    put(channel + layout.COMPLETION_CAPACITY, layout.completionCapacity(parameters));
    region.writePointer(channel + layout.COMPLETION_SLOTS, completionSlots);
    region.writePointer(channel + layout.SUBMISSION_SLOTS, submissionSlots);
    bytes.fill(1, channel + layout.SUBMISSION_FLAGS, channel + layout.SUBMISSION_FLAGS + 3);
    put(channel + layout.SUBMISSION_CAPACITY, bufferSize);
    if (parameters.channelsBeginClosed === true)
      region.longs[(channel + layout.CHANNEL_STATE) / 8] = CHANNEL_CLOSED;
  }
  for (let i = 0; i < numberOfSegments * numberOfChannels; i++) {
    const details = place.segmentDetails + layout.SEGMENT_DETAILS_SIZE * i;
    region.writePointer(details + layout.USED_BYTES_POINTER, place.usedBytes + samplesPerSegment * i);
    put(details + layout.USED_BYTES_CAPACITY, samplesPerSegment);
    bytes[details + layout.USED_BYTES_IS_INITIALIZED] = 1;
  }
  // Upstream sets its bit after the version; a creator that dies in between leaves an object that nobody removes.
  bytes[layout.STATE] = STATE_BIT[side];
}

/** Checks everything that the other side may have written and finds the queues. */
function readChannels({ name, region }: DynamicStorage, parameters: layout.ConnectionParameters): Channel[] {
  const { bytes } = region;
  const numberOfChannels = region.size64(layout.CHANNELS + layout.VECTOR_LENGTH);
  expectEqual(name, "number of channels", numberOfChannels, parameters.numberOfChannels);
  const channelArea = follow(
    name,
    region,
    layout.CHANNELS,
    layout.CHANNEL_SIZE * parameters.numberOfChannels,
  );
  const first = channelArea + layout.COMPLETION_CAPACITY;
  expectEqual(
    name,
    "buffer size",
    region.size64(channelArea + layout.SUBMISSION_CAPACITY),
    parameters.bufferSize,
  );
  expectEqual(name, "completion capacity", region.size64(first), layout.completionCapacity(parameters));
  expectEqual(
    name,
    "safe overflow",
    bytes[layout.ENABLE_SAFE_OVERFLOW]!,
    parameters.enableSafeOverflow ? 1 : 0,
  );
  expectEqual(
    name,
    "samples per segment",
    region.size64(layout.SAMPLES_PER_SEGMENT),
    parameters.samplesPerSegment,
  );
  expectEqual(name, "number of segments", bytes[layout.NUMBER_OF_SEGMENTS]!, parameters.numberOfSegments);
  return Array.from({ length: numberOfChannels }, (_, i) =>
    readChannel(name, region, channelArea + layout.CHANNEL_SIZE * i, parameters),
  );
}

function readChannel(
  name: string,
  region: Region,
  channel: number,
  parameters: layout.ConnectionParameters,
): Channel {
  const submissionCapacity = parameters.bufferSize;
  const completionCapacity = layout.completionCapacity(parameters);
  return {
    state: new ChannelState(region, channel + layout.CHANNEL_STATE),
    submission: {
      region,
      writePosition: channel + layout.SUBMISSION_WRITE,
      readPosition: channel + layout.SUBMISSION_READ,
      slots: follow(name, region, channel + layout.SUBMISSION_SLOTS, 8 * (submissionCapacity + 1)),
      capacity: submissionCapacity,
    },
    completion: {
      region,
      writePosition: channel + layout.COMPLETION_WRITE,
      readPosition: channel + layout.COMPLETION_READ,
      slots: follow(name, region, channel + layout.COMPLETION_SLOTS, 8 * completionCapacity),
      capacity: completionCapacity,
    },
  };
}

function expectEqual(name: string, what: string, actual: number, expected: number): void {
  if (actual === expected && actual < PARAMETER_MAX) return;
  throw new StorageError(
    "Corrupted",
    `connection "${name}"`,
    `connection "${name}" has another ${what}: ${actual} instead of ${expected}.`,
  );
}

function follow(name: string, region: Region, pointer: number, length: number): number {
  const target = region.followPointer(pointer, length, 8);
  if (target !== undefined) return target;
  throw new StorageError(
    "Corrupted",
    `connection "${name}"`,
    `connection "${name}" has a pointer at ${pointer} that leads out of its ${region.size} bytes.`,
  );
}

/** The connections in a listing of shared memory in which a port is the sender or the receiver. */
export function findConnections(
  config: Config,
  portId: bigint,
  side: Side,
  listing: readonly string[],
): readonly string[] {
  const suffix = config.global.service.connectionSuffix;
  const prefix = sharedMemoryNames.connection(config, 0n, 0n).slice(0, -`0_0${suffix}`.length);
  return side === "sender"
    ? listing.filter((name) => name.startsWith(`${prefix}${portId}_`) && name.endsWith(suffix))
    : listing.filter((name) => name.startsWith(prefix) && name.endsWith(`_${portId}${suffix}`));
}

/**
 * Takes a dead port out of one of its connections: closes every channel, gives up its bit and removes the object
 * if the other side is gone as well.
 *
 * @throws StorageError `VersionMismatch` and others.
 */
export function abandonConnection(os: Os, name: string, side: Side): void {
  let storage: DynamicStorage;
  try {
    storage = openDynamicStorage(os, name, { writable: true, minimumSize: layout.CHANNEL_AREA, timeout: 0 });
  } catch (error) {
    if (isStorageError(error, "DoesNotExist")) return;
    // Its creator died before it was usable, or it is no connection at all: nobody else is in it.
    if (!isStorageError(error, "InitializationNotYetFinalized", "Corrupted")) throw error;
    removeDynamicStorage(os, name);
    return;
  }
  const { region, mapping } = storage;
  try {
    const numberOfChannels = region.size64(layout.CHANNELS + layout.VECTOR_LENGTH);
    const length = layout.CHANNEL_SIZE * numberOfChannels;
    const channelArea = region.followPointer(layout.CHANNELS, length, 8);
    if (channelArea !== undefined) {
      for (let i = 0; i < numberOfChannels; i++) {
        store64(
          region.longs,
          (channelArea + layout.CHANNEL_SIZE * i + layout.CHANNEL_STATE) / 8,
          CHANNEL_CLOSED,
        );
      }
    }
    leave(os, name, region, side);
  } finally {
    mapping.unmap();
  }
}

/**
 * Removes the connections of a port that leaves in which nobody is attached. Upstream's creator attaches only after the
 * object is there; if it dies in between, and a peer of upstream cleans up after it, nobody else would remove it.
 *
 * @throws StorageError
 */
export function removeForsakenConnections(os: Os, config: Config, portId: bigint, side: Side): void {
  for (const name of findConnections(config, portId, side, os.shmList())) {
    try {
      const options = { writable: true, minimumSize: layout.CHANNEL_AREA, timeout: 0 };
      const { region, mapping } = openDynamicStorage(os, name, options);
      const state = compareExchange8(region.bytes, layout.STATE, 0, MARKED_FOR_DESTRUCTION);
      mapping.unmap();
      if (state === 0) removeDynamicStorage(os, name);
    } catch (error) {
      if (!isStorageError(error, "DoesNotExist", "InitializationNotYetFinalized")) throw error;
    }
  }
}
