/** A sender's end of the connection to one receiver, and the private record of what that receiver can have. */
import type { Config } from "../../config/config.ts";
import { IndexQueueConsumer } from "../../lockfree/index-queue.ts";
import { OverflowingIndexQueueProducer } from "../../lockfree/overflowing-index-queue.ts";
import { CORRUPTED } from "../../lockfree/queue-place.ts";
import type { Os } from "../../os/os.ts";
import { LivenessWatch } from "../../recovery/liveness.ts";
import type { ChannelState } from "../../transport/channel-state.ts";
import { Connection } from "../../transport/connection.ts";
import type { ConnectionParameters } from "../../transport/connection-layout.ts";
import type { ChunkPool } from "./chunk-pool.ts";

/** A receiver as its entry in the dynamic configuration describes it, and what the service adds. */
export interface ReceiverAddress {
  readonly receiverId: bigint;
  readonly nodeId: bigint;
  readonly parameters: ConnectionParameters;
  /** How many old samples it wants; 0 for receivers without history. */
  readonly historyRequest: number;
}

/**
 * So many bytes, about half of what a processor keeps close by: chunks that are used again before more than that was
 * written are written faster, which is worth more than a look that is spared.
 */
const WARM_SIZE: number = 256 * 1024;

export class SenderConnection {
  readonly receiverId: bigint;
  readonly nodeId: bigint;
  /** How many chunks wait per channel at most. */
  readonly capacity: number;
  readonly liveness: LivenessWatch;
  readonly #connection: Connection;
  /** By channel. */
  readonly #submissions: readonly OverflowingIndexQueueProducer[];
  readonly #completions: readonly IndexQueueConsumer[];
  readonly #pool: ChunkPool;
  /** 1 for each chunk that the receiver can have; it grows with the pool. */
  #used: Uint8Array;
  /** How many these are. */
  #outstanding = 0;
  /** How many the receiver can give back per channel before we look. */
  readonly #completionCapacity: number;

  private constructor(
    address: ReceiverAddress,
    connection: Connection,
    pool: ChunkPool,
    liveness: LivenessWatch,
  ) {
    const { channels } = connection;
    this.receiverId = address.receiverId;
    this.nodeId = address.nodeId;
    this.capacity = channels[0]!.submission.capacity;
    this.liveness = liveness;
    this.#connection = connection;
    this.#submissions = channels.map(({ submission }) => new OverflowingIndexQueueProducer(submission));
    this.#completions = channels.map(({ completion }) => new IndexQueueConsumer(completion));
    this.#pool = pool;
    this.#used = new Uint8Array(pool.chunksPerSegment);
    this.#completionCapacity = channels[0]!.completion.capacity;
  }

  /** @throws StorageError */
  static open(
    os: Os,
    config: Config,
    senderId: bigint,
    address: ReceiverAddress,
    pool: ChunkPool,
  ): SenderConnection {
    const { creationTimeout } = config.global;
    const { receiverId, nodeId, parameters } = address;
    const peers = { senderId, receiverId };
    const connection = Connection.attach(os, config, peers, "sender", parameters, creationTimeout);
    return new SenderConnection(address, connection, pool, new LivenessWatch(os, config, nodeId));
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  get numberOfChannels(): number {
    return this.#submissions.length;
  }

  isFull(channel: number): boolean {
    return this.#submissions[channel]!.isFull;
  }

  stateOf(channel: number): ChannelState {
    return this.#connection.channels[channel]!.state;
  }

  /**
   * Hands a chunk to the receiver; in any case it counts as one that the receiver can have.
   *
   * @returns the chunk that had to make room, `EMPTY` if none had, or `CORRUPTED`.
   */
  push(channel: number, chunk: number): number {
    if (chunk >= this.#used.length) this.#grow(chunk);
    this.#used[chunk] = 1;
    this.#outstanding++;
    const evicted = this.#submissions[channel]!.push(this.#pool.pointerTo(chunk));
    return evicted < 0 ? evicted : this.#takeBack(evicted);
  }

  /** Whether the receiver can give back whatever it has, one chunk more included. */
  get mayHaveMore(): boolean {
    return this.#outstanding < this.#completionCapacity;
  }

  /**
   * Whether it is worth looking for what the receiver released. Looking only then spares most small messages a look at
   * memory that the receiver writes.
   */
  get hasMuch(): boolean {
    return !this.mayHaveMore || this.#outstanding * this.#pool.chunkSize >= WARM_SIZE;
  }

  /** Takes back what the receiver released. @returns false if that made no sense. */
  reclaim(channel: number): boolean {
    const completion = this.#completions[channel]!;
    let returned = completion.refresh();
    for (; returned > 0; returned--) {
      const pointer = completion.pop();
      const chunk = pointer < 0 ? pointer : this.#takeBack(pointer);
      if (chunk < 0) return false;
      this.#pool.release(chunk);
    }
    return returned === 0;
  }

  /** As `reclaim`, on all channels. */
  reclaimEverything(): boolean {
    for (let channel = 0; channel < this.#completions.length; channel++) {
      if (!this.reclaim(channel)) return false;
    }
    return true;
  }

  /** The receiver is gone: everything that it can have is ours again. */
  takeBackEverything(): void {
    for (let chunk = 0; chunk < this.#used.length; chunk++) {
      if (this.#used[chunk] === 1) this.#pool.release(chunk);
    }
    this.#used.fill(0);
    this.#outstanding = 0;
  }

  close(): void {
    this.#connection.detach();
  }

  /** @returns the chunk that a pointer of the receiver means, or `CORRUPTED` if it cannot have that one. */
  #takeBack(pointer: number): number {
    const chunk = this.#pool.chunkAt(pointer);
    // An index that is no integer or out of range reads as undefined.
    if (this.#used[chunk] !== 1) return CORRUPTED;
    this.#used[chunk] = 0;
    this.#outstanding--;
    return chunk;
  }

  #grow(chunk: number): void {
    const segments = Math.floor(chunk / this.#pool.chunksPerSegment) + 1;
    const used = new Uint8Array(segments * this.#pool.chunksPerSegment);
    used.set(this.#used);
    this.#used = used;
  }
}
