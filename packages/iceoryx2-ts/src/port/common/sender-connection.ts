/** A sender's end of the connection to one receiver, and the private record of what that receiver can have. */
import type { Config } from "../../config/config.ts";
import { IndexQueueConsumer } from "../../lockfree/index-queue.ts";
import { OverflowingIndexQueueProducer } from "../../lockfree/overflowing-index-queue.ts";
import { CORRUPTED } from "../../lockfree/queue-place.ts";
import type { Os } from "../../os/os.ts";
import { LivenessWatch } from "../../recovery/liveness.ts";
import { Connection } from "../../transport/connection.ts";
import type { ConnectionParameters } from "../../transport/connection-layout.ts";
import type { DataSegment } from "../../transport/data-segment.ts";

/** A receiver as its entry in the dynamic configuration describes it, and what the service adds. */
export interface ReceiverAddress {
  readonly receiverId: bigint;
  readonly nodeId: bigint;
  readonly parameters: ConnectionParameters;
  /** How many old samples it wants; 0 for receivers without history. */
  readonly historyRequest: number;
}

export class SenderConnection {
  readonly receiverId: bigint;
  /** How many samples wait for the receiver at most. */
  readonly capacity: number;
  readonly liveness: LivenessWatch;
  readonly #connection: Connection;
  readonly #submission: OverflowingIndexQueueProducer;
  readonly #completion: IndexQueueConsumer;
  readonly #segment: DataSegment;
  /** What one bucket adds to a pointer in the queues. */
  readonly #pointerStride: number;
  /** 1 for each bucket that the receiver can have. */
  readonly #used: Uint8Array;

  private constructor(
    receiverId: bigint,
    connection: Connection,
    segment: DataSegment,
    liveness: LivenessWatch,
  ) {
    const channel = connection.channels[0]!;
    this.receiverId = receiverId;
    this.capacity = channel.submission.capacity;
    this.liveness = liveness;
    this.#connection = connection;
    this.#submission = new OverflowingIndexQueueProducer(channel.submission);
    this.#completion = new IndexQueueConsumer(channel.completion);
    this.#segment = segment;
    this.#pointerStride = segment.pointerTo(1);
    this.#used = new Uint8Array(segment.numberOfBuckets);
  }

  /** @throws StorageError */
  static open(
    os: Os,
    config: Config,
    senderId: bigint,
    { receiverId, nodeId, parameters }: ReceiverAddress,
    segment: DataSegment,
  ): SenderConnection {
    const { creationTimeout } = config.global;
    const peers = { senderId, receiverId };
    const connection = Connection.attach(os, config, peers, "sender", parameters, creationTimeout);
    return new SenderConnection(receiverId, connection, segment, new LivenessWatch(os, config, nodeId));
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  get isFull(): boolean {
    return this.#submission.isFull;
  }

  /**
   * Hands a bucket to the receiver; in any case it counts as one that the receiver can have.
   *
   * @returns the bucket that had to make room, `EMPTY` if none had, or `CORRUPTED`.
   */
  push(bucket: number): number {
    this.#used[bucket] = 1;
    const evicted = this.#submission.push(this.#segment.pointerTo(bucket));
    return evicted < 0 ? evicted : this.#takeBack(evicted);
  }

  /** Looks how many buckets the receiver gave back. @returns that number, or `CORRUPTED`. */
  returned(): number {
    return this.#completion.refresh();
  }

  /** @returns a bucket that the receiver gave back, `EMPTY` or `CORRUPTED`. */
  reclaim(): number {
    const pointer = this.#completion.pop();
    return pointer < 0 ? pointer : this.#takeBack(pointer);
  }

  #takeBack(pointer: number): number {
    const bucket = pointer / this.#pointerStride;
    // An index that is no integer or out of range reads as undefined.
    if (this.#used[bucket] !== 1) return CORRUPTED;
    this.#used[bucket] = 0;
    return bucket;
  }

  /** The receiver is gone: everything that it can have is ours again. */
  takeBackEverything(release: (bucket: number) => void): void {
    for (let bucket = 0; bucket < this.#used.length; bucket++) {
      if (this.#used[bucket] === 1) release(bucket);
    }
    this.#used.fill(0);
  }

  close(): void {
    this.#connection.detach();
  }
}
