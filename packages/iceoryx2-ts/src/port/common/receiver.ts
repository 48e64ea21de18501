/**
 * The receiving half that subscribers, servers and clients share.
 *
 * A receiver has one connection per sender, pops chunks from their queues, borrows them, and gives them back. What a
 * sender wrote is checked before it becomes an offset. A sender that left but whose samples still wait or are held
 * keeps its connection as an expired one, and its samples come first.
 */
import { diagnose, type SampleLost } from "../../base/diagnostics.ts";
import { log } from "../../base/log.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { type Bag, BagSnapshot } from "../../lockfree/bag.ts";
import { CORRUPTED } from "../../lockfree/queue-place.ts";
import { isStorageError } from "../../transport/storage-error.ts";
import { Degradation } from "./degradation.ts";
import type { DegradationCause, DegradationHandler } from "./handlers.ts";
import { describePlaces, Places } from "./places.ts";
import { ReceiveError } from "./port-errors.ts";
import { NOT_BORROWED, type ReceivedChunk } from "./received-chunk.ts";
import { type ChunkDemands, LOST, ReceiverConnection, type SenderAddress } from "./receiver-connection.ts";

export interface ReceiverOptions extends Omit<ChunkDemands, "describeChunk"> {
  readonly service: ServiceState;
  readonly portId: bigint;
  /** For messages, such as `subscriber "front" of service "Camera/Front"`. */
  readonly origin: string;
  /** What it receives, such as "sample". */
  readonly what: string;
  /** Who may send, and how to read one of its entries; undefined for an entry that makes no sense. */
  readonly senders: Bag;
  readonly readSender: (entry: Uint8Array) => SenderAddress | undefined;
  /** How many chunks may be held per sender and channel. */
  readonly maxBorrowedSamples: number;
  /** How many senders that left are kept for their samples. */
  readonly expiredConnectionsMax: number;
  readonly degradationHandler?: DegradationHandler | undefined;
}

/** The channel of everything but responses. */
export const FIRST_CHANNEL = 0;

export class Receiver {
  readonly origin: string;
  /** What it receives, such as "sample". */
  readonly what: string;
  readonly #service: ServiceState;
  readonly #options: ReceiverOptions;
  readonly #senders: BagSnapshot;
  /** By slot of the senders' bag; the list below has the same without gaps. */
  readonly #connections: (ReceiverConnection | undefined)[];
  #connected: readonly ReceiverConnection[] = [];
  #expired: ReceiverConnection[] = [];
  readonly #borrowed: ReceivedChunk[] = [];
  readonly #places: Places<ReceivedChunk> | undefined;
  readonly #maxBorrowed: number;
  /** Which of those that are connected is asked first. */
  #turn = 0;
  readonly #degradation: Degradation;
  readonly #demands: ChunkDemands;

  constructor(options: ReceiverOptions) {
    this.origin = options.origin;
    this.what = options.what;
    this.#service = options.service;
    this.#options = options;
    this.#senders = new BagSnapshot(options.senders);
    this.#connections = new Array<ReceiverConnection | undefined>(options.senders.capacity).fill(undefined);
    this.#maxBorrowed = options.maxBorrowedSamples;
    this.#places = options.service.node.tracksSamples ? new Places() : undefined;
    this.#degradation = new Degradation(options.service, options.origin, options.degradationHandler);
    this.#demands = { ...options, describeChunk: () => `the ${this.what} of ${this.origin}` };
    this.#senders.update();
    this.#applyUpdate();
    // At the beginning nobody can be told of a failure but the log.
    this.#degradation.forget();
  }

  /** The connections in the order in which they are served; valid until the next call of this receiver. */
  get expiredConnections(): readonly ReceiverConnection[] {
    return this.#expired;
  }
  get activeConnections(): readonly ReceiverConnection[] {
    return this.#connected;
  }

  /** The connection to a sender, which may have taken its slot from another one. */
  connectionAt(slot: number, senderId: bigint): ReceiverConnection | undefined {
    const connection = this.#connections[slot];
    return connection?.senderId === senderId ? connection : undefined;
  }

  /** The chunks that are held. */
  get borrowed(): readonly ReceivedChunk[] {
    return [...this.#borrowed];
  }

  get numberOfBorrowed(): number {
    return this.#borrowed.length;
  }

  hasChunks(channel: number): boolean {
    this.keepUpToDate();
    return (
      this.#expired.some((connection) => connection.hasChunks(channel)) ||
      this.#connected.some((connection) => connection.hasChunks(channel))
    );
  }

  /**
   * Takes the next chunk of a channel. Hand it to `addBorrowed` or `discard` it.
   *
   * @throws ReceiveError `ExceedsMaxBorrows` if chunks wait, but only on connections that lent as many as they may;
   *   others if a handler asked for it.
   */
  receive(channel: number): ReceivedChunk | undefined {
    this.keepUpToDate();
    let chunk: ReceivedChunk | undefined;
    if (this.#expired.length > 0) chunk = this.#receiveFromAny(this.#expired, channel);
    chunk ??= this.#receiveInTurn(channel);
    if (chunk === undefined) this.#demandNoReason(channel);
    return chunk;
  }

  /** Takes the next chunk of one connection, its `chunk`, if it may lend another one. @returns whether it did. */
  receiveFrom(connection: ReceiverConnection, channel: number): boolean {
    if (connection.isShut || connection.borrowedOn[channel]! >= this.#maxBorrowed) return false;
    const taken = connection.take(channel);
    return taken >= 0 || this.#receiveFurther(connection, channel, taken);
  }

  /** @throws ReceiveError `ExceedsMaxBorrows` if chunks wait on a connection that lent as many as it may. */
  demandBorrowable(channel: number): void {
    for (let i = 0; i < this.#expired.length; i++) this.#demandBorrowableFrom(this.#expired[i]!, channel);
    for (let i = 0; i < this.#connected.length; i++) this.#demandBorrowableFrom(this.#connected[i]!, channel);
  }

  /** A chunk that `receive` took is held from now on, until `giveBack`. */
  addBorrowed(chunk: ReceivedChunk): void {
    chunk.borrowIndex = this.#borrowed.length;
    this.#borrowed.push(chunk);
    this.#places?.note(chunk);
  }

  /** Gives a chunk back to its sender. */
  giveBack(chunk: ReceivedChunk): void {
    this.#places?.forget(chunk);
    const last = this.#borrowed.pop()!;
    if (last !== chunk) {
      this.#borrowed[chunk.borrowIndex] = last;
      last.borrowIndex = chunk.borrowIndex;
    }
    chunk.borrowIndex = NOT_BORROWED;
    this.discard(chunk);
  }

  /** Tells who listens that chunks were sent, but will never be received. */
  diagnoseLoss(
    { senderId: senderPortId }: ReceiverConnection,
    numberOfSamples: number,
    reason: SampleLost["reason"],
  ): void {
    diagnose("iceoryx2.sample.lost", () => {
      const { portId: receiverPortId } = this.#options;
      return { origin: this.origin, senderPortId, receiverPortId, numberOfSamples, reason };
    });
  }

  /** Gives a chunk back that was just received, and that nobody got to see. */
  discard(chunk: ReceivedChunk): void {
    const { connection } = chunk;
    connection.giveBack(chunk);
    if (connection.isExpired) this.#retire(connection);
  }

  /** Gives everything back that waits on a channel, unseen. */
  discardWaiting(channel: number): void {
    for (const connection of this.#connected) {
      if (connection.hasChunks(channel)) connection.discardWaiting(channel);
    }
    if (this.#expired.length === 0) return;
    for (const connection of [...this.#expired]) {
      connection.discardWaiting(channel);
      this.#retire(connection);
    }
  }

  /**
   * Connects to senders that came, and expires the connections of those that left.
   *
   * @throws ReceiveError if a handler asked for it.
   */
  updateConnections(): void {
    if (!this.#senders.update()) return;
    this.#applyUpdate();
    if (this.#degradation.hasFailed) this.#degradation.fail(toReceiveError);
  }

  /** As `updateConnections`, for who goes on to the queues: that touches memory atomically, as peeking demands. */
  keepUpToDate(): void {
    if (this.#connected.length === 0 || this.#senders.isOutdated) this.updateConnections();
  }

  #applyUpdate(): void {
    for (let slot = 0; slot < this.#connections.length; slot++) this.#updateSlot(slot);
    this.#connected = this.#connections.filter((connection) => connection !== undefined);
  }

  close(): void {
    for (const connection of this.#connections) connection?.close();
    for (const connection of this.#expired) connection.close();
    this.#connections.fill(undefined);
    this.#connected = [];
    this.#expired = [];
  }

  /** Each sender in turn, so that one that never pauses keeps nobody else waiting. */
  #receiveInTurn(channel: number): ReceivedChunk | undefined {
    const connected = this.#connected;
    const count = connected.length;
    for (let i = 0, turn = this.#turn; i < count; i++, turn++) {
      if (turn >= count) turn = 0;
      const connection = connected[turn]!;
      if (!this.receiveFrom(connection, channel)) continue;
      this.#turn = turn + 1;
      return connection.chunk;
    }
    return undefined;
  }

  #receiveFromAny(connections: readonly ReceiverConnection[], channel: number): ReceivedChunk | undefined {
    for (let i = 0; i < connections.length; i++) {
      const connection = connections[i]!;
      if (this.receiveFrom(connection, channel)) return connection.chunk;
    }
    return undefined;
  }

  /** As `receiveFrom`, after a first try that took nothing. */
  #receiveFurther(connection: ReceiverConnection, channel: number, first: number): boolean {
    let taken = first;
    for (; taken === LOST; taken = connection.take(channel)) this.diagnoseLoss(connection, 1, "MemoryGone");
    if (taken === CORRUPTED) this.#giveUp(connection);
    else if (taken < 0 && connection.isExpired) this.#retire(connection);
    return taken >= 0;
  }

  /** @throws ReceiveError if there is a reason why nothing was received. */
  #demandNoReason(channel: number): void {
    if (this.#degradation.hasFailed) this.#degradation.fail(toReceiveError);
    this.demandBorrowable(channel);
  }

  #demandBorrowableFrom(connection: ReceiverConnection, channel: number): void {
    if (connection.borrowedOn[channel]! < this.#maxBorrowed) return;
    if (connection.hasChunks(channel)) throw this.#tooManyBorrows();
  }

  #updateSlot(slot: number): void {
    const entry = this.#senders.entry(slot);
    const address = entry === undefined ? undefined : this.#options.readSender(entry);
    const existing = this.#connections[slot];
    if (existing !== undefined && existing.senderId === address?.senderId) return;
    if (existing !== undefined) this.#expire(slot, existing);
    if (address !== undefined) this.#connect(slot, address);
  }

  #connect(slot: number, address: SenderAddress): void {
    const { os, config } = this.#service.node;
    try {
      const { portId } = this.#options;
      const connection = ReceiverConnection.open(os, config, portId, address, slot, this.#demands);
      this.#connections[slot] = connection;
    } catch (error) {
      // A sender that left again meanwhile is no failure.
      if (!isStorageError(error, "DoesNotExist")) this.#report("FailedToEstablishConnection", address, error);
    }
  }

  #expire(slot: number, connection: ReceiverConnection): void {
    this.#connections[slot] = undefined;
    connection.isExpired = true;
    this.#expired.push(connection);
    this.#retire(connection);
    if (this.#expired.length > this.#options.expiredConnectionsMax) this.#makeRoom();
  }

  /** Closes an expired connection once nothing waits in it and nobody holds anything of it. */
  #retire(connection: ReceiverConnection): void {
    if (connection.borrowed > 0 || connection.hasChunksAnywhere) return;
    this.#expired = this.#expired.filter((other) => other !== connection);
    connection.close();
  }

  /** Too many senders left: the oldest whose samples nobody holds loses those that wait. */
  #makeRoom(): void {
    const victim = this.#expired.find((connection) => connection.borrowed === 0);
    if (victim === undefined) return;
    log(
      "warn",
      this.origin,
      `${this.what}s of sender ${victim.senderId}, which left, are discarded: too many left.`,
    );
    this.diagnoseLoss(victim, victim.waitingAnywhere, "TooManySendersLeft");
    this.#expired = this.#expired.filter((other) => other !== victim);
    victim.close();
  }

  #giveUp(connection: ReceiverConnection): void {
    connection.isShut = true;
    const reason = `sender ${connection.senderId} wrote what makes no sense.`;
    this.#report("ConnectionCorrupted", connection, reason);
  }

  #report(cause: DegradationCause, { senderId }: { readonly senderId: bigint }, error: unknown): void {
    this.#degradation.report(cause, senderId, this.#options.portId, error);
  }

  #tooManyBorrows(): ReceiveError {
    const { what } = this;
    return new ReceiveError(
      "ExceedsMaxBorrows",
      this.origin,
      `cannot receive with ${this.origin}: ${this.#maxBorrowed} ${what}s of each sender that has more are held already. Release one, or create the service with a larger limit of borrowed ${what}s (${this.#maxBorrowed} now).${describePlaces(this.#places)}`,
    );
  }
}

function toReceiveError(
  origin: string,
  code: DegradationCause,
  message: string,
  cause: unknown,
): ReceiveError {
  return new ReceiveError(code, origin, message, { cause });
}
