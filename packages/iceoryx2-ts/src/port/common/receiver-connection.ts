/** A receiver's end of the connection to one sender, and that sender's memory. */
import type { Config } from "../../config/config.ts";
import { IndexQueueProducer } from "../../lockfree/index-queue.ts";
import { OverflowingIndexQueueConsumer } from "../../lockfree/overflowing-index-queue.ts";
import { CORRUPTED } from "../../lockfree/queue-place.ts";
import type { Os } from "../../os/os.ts";
import { Connection } from "../../transport/connection.ts";
import type { ConnectionParameters } from "../../transport/connection-layout.ts";
import { DataSegmentView } from "../../transport/data-segment.ts";
import { pointerOffset } from "../../transport/pointer-offset.ts";
import { StorageError } from "../../transport/storage-error.ts";
import type { Borrower } from "./borrower.ts";

/** A sender as its entry in the dynamic configuration describes it, and what the service adds. */
export interface SenderAddress {
  readonly senderId: bigint;
  readonly parameters: ConnectionParameters;
}

export class ReceiverConnection {
  readonly senderId: bigint;
  readonly segment: DataSegmentView;
  /** How many chunks wait at most. */
  readonly capacity: number;
  /** What the port shows chunks with and uses again, by bucket: so at most as many as the sender has chunks. */
  readonly reusable: (Borrower | undefined)[];
  /** The chunk that the last `pop` took. */
  bucket = 0;
  /** How many chunks are held. */
  borrowed = 0;
  /** The sender left. */
  isExpired = false;
  /** Nothing is taken from it any more: the sender wrote nonsense, or it is closed. */
  isShut = false;
  readonly #connection: Connection;
  readonly #submission: OverflowingIndexQueueConsumer;
  readonly #completion: IndexQueueProducer;
  /** What one bucket adds to a pointer in the queues. */
  readonly #pointerStride: number;

  private constructor(senderId: bigint, connection: Connection, segment: DataSegmentView) {
    const channel = connection.channels[0]!;
    this.senderId = senderId;
    this.segment = segment;
    this.capacity = channel.submission.capacity;
    this.reusable = new Array<Borrower | undefined>(segment.numberOfBuckets).fill(undefined);
    this.#connection = connection;
    this.#submission = new OverflowingIndexQueueConsumer(channel.submission);
    this.#completion = new IndexQueueProducer(channel.completion);
    this.#pointerStride = pointerOffset(0, segment.bucketSize);
  }

  /** @throws StorageError */
  static open(
    os: Os,
    config: Config,
    receiverId: bigint,
    { senderId, parameters }: SenderAddress,
    chunkAlignment: number,
    chunkSizeMin: number,
  ): ReceiverConnection {
    const { creationTimeout } = config.global;
    const segment = DataSegmentView.open(os, config, senderId, chunkAlignment, creationTimeout);
    try {
      if (segment.bucketSize < chunkSizeMin) throw chunksTooSmall(senderId, segment.bucketSize, chunkSizeMin);
      const peers = { senderId, receiverId };
      const connection = Connection.attach(os, config, peers, "receiver", parameters, creationTimeout);
      return new ReceiverConnection(senderId, connection, segment);
    } catch (error) {
      segment.close();
      throw error;
    }
  }

  /** Looks how many chunks wait; the sender may take some of them back. 1 if a `pop` will find nonsense. */
  waiting(): number {
    if (this.isShut) return 0;
    const length = this.#submission.refresh();
    return length === CORRUPTED ? 1 : length;
  }

  get hasChunks(): boolean {
    return !this.isShut && !this.#submission.isEmpty;
  }

  /** @returns the bucket of the oldest chunk, which is `this.bucket` as well, `EMPTY` or `CORRUPTED`. */
  pop(): number {
    const pointer = this.#submission.pop();
    if (pointer < 0) return pointer;
    const bucket = pointer / this.#pointerStride;
    if (!(Number.isInteger(bucket) && bucket < this.segment.numberOfBuckets)) return CORRUPTED;
    this.bucket = bucket;
    return bucket;
  }

  /** The offset of a chunk in the sender's memory. */
  chunkOffset(bucket: number): number {
    return this.segment.firstBucket + bucket * this.segment.bucketSize;
  }

  giveBack(bucket: number): void {
    this.borrowed--;
    // It has room for everything that a receiver can hold. A sender that does not empty it harms only itself.
    this.#completion.push(bucket * this.#pointerStride);
  }

  close(): void {
    this.isShut = true;
    this.#connection.detach();
    this.segment.close();
  }
}

function chunksTooSmall(senderId: bigint, size: number, needed: number): StorageError {
  const origin = `data segment of sender ${senderId}`;
  return new StorageError(
    "Corrupted",
    origin,
    `${origin} has chunks of ${size} bytes, but ${needed} are needed.`,
  );
}
