/**
 * Where ids come from. Services, ports and the process itself count within the process; nodes take their counter
 * from the global management segment, because (counter, pid) of a node identifies the owner of bag entries and must
 * be unique on the machine.
 *
 * ```text
 *  global management segment
 *   0   u64   version
 *   8   u32   node counter
 * ```
 */
import { threadId } from "node:worker_threads";
import { makeUniqueId } from "../base/unique-id.ts";
import type { Config } from "../config/config.ts";
import { add32 } from "../memory/atomics.ts";
import type { Os } from "../os/os.ts";
import { isOsError } from "../os/os-error.ts";
import {
  CONTENT_OFFSET,
  type DynamicStorage,
  openOrCreateDynamicStorage,
  removeDynamicStorage,
} from "../transport/dynamic-storage.ts";
import { sharedMemoryNames } from "../transport/names.ts";
import { isStorageError, toStorageError } from "../transport/storage-error.ts";

const NODE_COUNTER: number = CONTENT_OFFSET;
const SEGMENT_SIZE: number = NODE_COUNTER + 8;
/** Processes of every user count nodes here. */
const MODE_FOR_EVERYBODY = 0o666;
/** Each worker thread counts in a range of its own: the counters of a process are not shared between isolates. */
const IDS_PER_THREAD = 2 ** 20;
const COUNTER_LIMIT = 2 ** 31;
const NANOSECONDS = 1_000_000_000n;

let counter = (threadId * IDS_PER_THREAD) % COUNTER_LIMIT;

/** A new id of a service or port. */
export function generateId(os: Os): bigint {
  const id = idFromCounter(os, counter);
  counter = (counter + 1) % COUNTER_LIMIT;
  return id;
}

/** A new id of a node. @throws StorageError */
export function generateNodeId(os: Os, config: Config): bigint {
  const { region, mapping } = openCounter(os, config);
  const nodeCounter = add32(region.words, NODE_COUNTER / 4, 1) >>> 0;
  mapping.unmap();
  return idFromCounter(os, nodeCounter);
}

function openCounter(os: Os, config: Config): DynamicStorage {
  const name = sharedMemoryNames.globalManagement(config);
  const open = { writable: true, minimumSize: SEGMENT_SIZE, timeout: config.global.creationTimeout };
  for (;;) {
    const unfinished = inodeOf(os, name);
    let wasReplaced = false;
    const create = {
      size: SEGMENT_SIZE,
      mode: MODE_FOR_EVERYBODY,
      initialize: () => {},
      // Whoever waited in vain for us, stopped as we were, has put another one in its place.
      keepDescriptor: (fd: number) => {
        wasReplaced = os.fstat(fd).linkCount === 0;
        os.close(fd);
      },
    };
    try {
      const { storage } = openOrCreateDynamicStorage(os, name, open, create);
      if (!wasReplaced) return storage;
      storage.mapping.unmap();
    } catch (error) {
      // Its creator died, and nobody but us would ever remove it. Upstream leaves the whole domain blocked.
      const isHanging = isStorageError(error, "InitializationNotYetFinalized");
      if (!isHanging || unfinished === undefined || inodeOf(os, name) !== unfinished) throw error;
      removeDynamicStorage(os, name);
    }
  }
}

function inodeOf(os: Os, name: string): bigint | undefined {
  try {
    return os.shmStatus(name).inode;
  } catch (error) {
    if (isOsError(error, "ENOENT")) return undefined;
    throw toStorageError(error, `shared memory "${name}"`);
  }
}

function idFromCounter(os: Os, value: number): bigint {
  const now = os.monotonicTime();
  return makeUniqueId({
    seconds: Number(now / NANOSECONDS) >>> 0,
    nanoseconds: Number(now % NANOSECONDS),
    pid: os.hostPid,
    counter: value,
  });
}
