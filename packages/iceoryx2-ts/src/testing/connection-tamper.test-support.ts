/** A peer that writes nonsense into the shared memory between a publisher and a subscriber. */
import type { Config } from "../config/config.ts";
import { Region } from "../memory/region.ts";
import { hostOs } from "../os/host.ts";
import type { Mapping } from "../os/os.ts";
import * as layout from "../transport/connection-layout.ts";
import { sharedMemoryNames } from "../transport/names.ts";

/** Where a queue lies, in bytes. */
interface Queue {
  readonly writePosition: number;
  readonly readPosition: number;
  readonly slots: number;
  readonly numberOfSlots: number;
}

/** Maps a shared memory object of somebody else and makes it writable, whatever its owner wanted. */
export class TamperedMemory implements Disposable {
  readonly region: Region;
  readonly #mapping: Mapping;

  constructor(name: string) {
    const os = hostOs();
    const fd = os.shmOpen(name, "readWrite");
    const { size } = os.fstat(fd);
    this.#mapping = os.map(fd, size, true);
    this.region = new Region(this.#mapping.buffer, size);
    os.close(fd);
  }

  read64(at: number): bigint {
    return this.region.longs[at / 8]!;
  }

  write64(at: number, value: bigint): void {
    this.region.longs[at / 8] = BigInt.asUintN(64, value);
  }

  [Symbol.dispose](): void {
    this.#mapping.unmap();
  }
}

/** The connection of a pair that is connected. */
export class TamperedConnection extends TamperedMemory {
  /** From the publisher to the subscriber. */
  readonly submission: Queue;
  /** Back again. */
  readonly completion: Queue;

  constructor(config: Config, publisherId: bigint, subscriberId: bigint) {
    super(sharedMemoryNames.connection(config, publisherId, subscriberId));
    const channel = layout.CHANNEL_AREA;
    this.submission = this.#queue(
      channel + layout.SUBMISSION_WRITE,
      channel + layout.SUBMISSION_SLOTS,
      Number(this.read64(channel + layout.SUBMISSION_CAPACITY)) + 1,
    );
    this.completion = this.#queue(
      channel + layout.COMPLETION_WRITE,
      channel + layout.COMPLETION_SLOTS,
      Number(this.read64(channel + layout.COMPLETION_CAPACITY)),
    );
  }

  /** Pushes a value as the producer of a queue would. */
  push(queue: Queue, value: bigint): void {
    const write = this.read64(queue.writePosition);
    this.write64(queue.slots + 8 * Number(write % BigInt(queue.numberOfSlots)), value);
    this.write64(queue.writePosition, write + 1n);
  }

  /** Overwrites the value that was pushed last. */
  replaceLast(queue: Queue, change: (value: bigint) => bigint): void {
    this.write64(this.#lastSlot(queue), change(this.lastOf(queue)));
  }

  /** The value that was pushed last. */
  lastOf(queue: Queue): bigint {
    return this.read64(this.#lastSlot(queue));
  }

  #lastSlot({ writePosition, slots, numberOfSlots }: Queue): number {
    const last = this.read64(writePosition) - 1n;
    return slots + 8 * Number(last % BigInt(numberOfSlots));
  }

  #queue(writePosition: number, pointer: number, numberOfSlots: number): Queue {
    return {
      writePosition,
      readPosition: writePosition + 8,
      slots: this.region.followPointer(pointer, 8 * numberOfSlots, 8)!,
      numberOfSlots,
    };
  }
}
