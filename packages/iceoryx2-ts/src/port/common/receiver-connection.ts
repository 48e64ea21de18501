/** A receiver's end of the connection to one sender, and that sender's memory. */
import { log } from "../../base/log.ts";
import type { Config } from "../../config/config.ts";
import { IndexQueueProducer } from "../../lockfree/index-queue.ts";
import { OverflowingIndexQueueConsumer } from "../../lockfree/overflowing-index-queue.ts";
import { CORRUPTED, EMPTY } from "../../lockfree/queue-place.ts";
import type { Os } from "../../os/os.ts";
import type { DataSegmentType } from "../../service/port-details.ts";
import type { ChannelState } from "../../transport/channel-state.ts";
import { Connection } from "../../transport/connection.ts";
import type { ConnectionParameters } from "../../transport/connection-layout.ts";
import { DataSegmentView, demandSegmentManagement } from "../../transport/data-segment.ts";
import { segmentIdOf } from "../../transport/pointer-offset.ts";
import { StorageError } from "../../transport/storage-error.ts";
import type { ReceivedChunk } from "./received-chunk.ts";
import { ReceivedSegment } from "./received-segment.ts";

/** A sender as its entry in the dynamic configuration describes it, and what the service adds. */
export interface SenderAddress {
  readonly senderId: bigint;
  readonly nodeId: bigint;
  /** Dynamic: its segments follow each other. */
  readonly dataSegmentType: DataSegmentType;
  readonly parameters: ConnectionParameters;
}

/** What every chunk of a service is like. */
export interface ChunkDemands {
  /** Every chunk begins at a multiple of it. */
  readonly chunkAlignment: number;
  /** The size of the smallest valid chunk, in bytes. */
  readonly chunkSizeMin: number;
  /** Names a received one in messages. */
  readonly describeChunk: () => string;
}

const TAKEN = 0;
/** A chunk came whose memory is gone already: its sender grew and left. It was given back. */
export const LOST = -3;

export class ReceiverConnection {
  readonly senderId: bigint;
  readonly nodeId: bigint;
  /** The sender's place in the senders' bag, which may be another one's when it left. */
  readonly slot: number;
  /** How many chunks wait per channel at most. */
  readonly capacity: number;
  readonly describeChunk: () => string;
  /** What was taken last. */
  chunk!: ReceivedChunk;
  /** How many chunks are held, by channel. */
  readonly borrowedOn: Int32Array;
  /** The sender left. */
  isExpired = false;
  /** Nothing is taken from it any more: the sender wrote nonsense, or it is closed. */
  isShut = false;
  readonly #os: Os;
  readonly #config: Config;
  readonly #isResizable: boolean;
  readonly #demands: ChunkDemands;
  readonly #connection: Connection;
  /** By channel. */
  readonly #submissions: readonly OverflowingIndexQueueConsumer[];
  readonly #completions: readonly IndexQueueProducer[];
  /** By id; a hole where one is not mapped. */
  readonly #segments: (ReceivedSegment | undefined)[] = [];
  #newest = 0;

  private constructor(
    os: Os,
    config: Config,
    address: SenderAddress,
    slot: number,
    connection: Connection,
    demands: ChunkDemands,
  ) {
    const { channels } = connection;
    this.#os = os;
    this.#config = config;
    this.senderId = address.senderId;
    this.nodeId = address.nodeId;
    this.slot = slot;
    this.capacity = channels[0]!.submission.capacity;
    this.borrowedOn = new Int32Array(channels.length);
    this.#isResizable = address.dataSegmentType === "Dynamic";
    this.#demands = demands;
    this.describeChunk = demands.describeChunk;
    this.#connection = connection;
    this.#submissions = channels.map(({ submission }) => new OverflowingIndexQueueConsumer(submission));
    this.#completions = channels.map(({ completion }) => new IndexQueueProducer(completion));
  }

  /** @throws StorageError */
  static open(
    os: Os,
    config: Config,
    receiverId: bigint,
    address: SenderAddress,
    slot: number,
    demands: ChunkDemands,
  ): ReceiverConnection {
    const { creationTimeout } = config.global;
    const { senderId, parameters, dataSegmentType } = address;
    const peers = { senderId, receiverId };
    if (dataSegmentType === "Dynamic") demandSegmentManagement(os, config, senderId, creationTimeout);
    const attach = (): ReceiverConnection => {
      const connection = Connection.attach(os, config, peers, "receiver", parameters, creationTimeout);
      return new ReceiverConnection(os, config, address, slot, connection, demands);
    };
    // A sender with one segment has it from the beginning.
    if (dataSegmentType === "Dynamic") return attach();
    const segment = openSegment(os, config, senderId, undefined, demands, creationTimeout);
    try {
      const connection = attach();
      connection.#segments[0] = segment;
      return connection;
    } catch (error) {
      segment.view.close();
      throw error;
    }
  }

  get isConnected(): boolean {
    return this.#connection.isConnected;
  }

  stateOf(channel: number): ChannelState {
    return this.#connection.channels[channel]!.state;
  }

  /** Looks how many chunks wait; the sender may take some of them back. 1 if a `pop` will find nonsense. */
  waiting(channel: number): number {
    if (this.isShut) return 0;
    const length = this.#submissions[channel]!.refresh();
    return length === CORRUPTED ? 1 : length;
  }

  /** As `waiting`, over all channels. */
  get waitingAnywhere(): number {
    let waiting = 0;
    for (let channel = 0; channel < this.#submissions.length; channel++) waiting += this.waiting(channel);
    return waiting;
  }

  hasChunks(channel: number): boolean {
    return !this.isShut && !this.#submissions[channel]!.isEmpty;
  }

  get hasChunksAnywhere(): boolean {
    return !this.isShut && this.#submissions.some((submission) => !submission.isEmpty);
  }

  /** How many chunks are held, over all channels. */
  get borrowed(): number {
    return this.borrowedOn.reduce((sum, borrowed) => sum + borrowed, 0);
  }

  /** Takes the oldest chunk, `this.chunk` from now on. @returns `TAKEN`, or `EMPTY`, `CORRUPTED`, `LOST`. */
  take(channel: number): number {
    const pointer = this.#submissions[channel]!.pop();
    if (pointer < 0) return pointer;
    const id = segmentIdOf(pointer);
    const segment = this.#segments[id] ?? this.#openNext(id);
    if (segment === undefined) return this.#lose(channel, pointer);
    const chunk = segment.chunkAt(this, pointer);
    if (chunk === undefined) return CORRUPTED;
    chunk.channel = channel;
    segment.borrowed++;
    this.borrowedOn[channel]!++;
    this.chunk = chunk;
    return TAKEN;
  }

  giveBack({ channel, segment, pointer }: ReceivedChunk): void {
    segment.borrowed--;
    this.borrowedOn[channel]!--;
    // It has room for everything that a receiver can hold. A sender that does not empty it harms only itself.
    this.#completions[channel]!.push(pointer);
    if (this.#isResizable) this.#closeIfOld(segment);
  }

  /** Gives everything back that waits on a channel, unseen. */
  discardWaiting(channel: number): void {
    for (let waiting = this.waiting(channel); waiting > 0; waiting--) {
      const pointer = this.#submissions[channel]!.pop();
      if (pointer === EMPTY) return;
      if (pointer === CORRUPTED) {
        this.isShut = true;
        return;
      }
      this.#completions[channel]!.push(pointer);
    }
  }

  close(): void {
    this.isShut = true;
    this.#connection.detach();
    for (const segment of this.#segments) segment?.view.close();
    this.#segments.fill(undefined);
  }

  /** Maps a segment of a sender whose chunks grow when the first of its chunks comes. */
  #openNext(id: number): ReceivedSegment | undefined {
    if (!this.#isResizable) return undefined;
    try {
      const segment = openSegment(this.#os, this.#config, this.senderId, id, this.#demands, 0);
      this.#segments[id] = segment;
      if (id > this.#newest) {
        const older = this.#segments[this.#newest];
        this.#newest = id;
        if (older !== undefined) this.#closeIfOld(older);
      }
      return segment;
    } catch (error) {
      log("warn", `connection to sender ${this.senderId}`, `a chunk is lost, its memory is gone: ${error}`);
      return undefined;
    }
  }

  /** Chunks of an older segment may still come; then it is mapped again. */
  #closeIfOld(segment: ReceivedSegment): void {
    if (segment.borrowed > 0 || segment.id === this.#newest) return;
    this.#segments[segment.id] = undefined;
    segment.view.close();
  }

  #lose(channel: number, pointer: number): number {
    if (!this.#isResizable) return CORRUPTED;
    this.#completions[channel]!.push(pointer);
    return LOST;
  }
}

function openSegment(
  os: Os,
  config: Config,
  senderId: bigint,
  segmentId: number | undefined,
  { chunkAlignment, chunkSizeMin }: ChunkDemands,
  timeout: number,
): ReceivedSegment {
  const view = DataSegmentView.open(os, config, { portId: senderId, segmentId }, chunkAlignment, timeout);
  if (view.bucketSize >= chunkSizeMin) return new ReceivedSegment(segmentId ?? 0, view);
  view.close();
  const origin = `data segment of sender ${senderId}`;
  throw new StorageError(
    "Corrupted",
    origin,
    `${origin} has chunks of ${view.bucketSize} bytes, but ${chunkSizeMin} are needed.`,
  );
}
