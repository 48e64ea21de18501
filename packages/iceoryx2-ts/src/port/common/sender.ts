/**
 * The sending half that publishers, clients and servers share.
 *
 * A sender loans chunks of its pool out, and hands sent ones to the queues of all connected receivers, or of one. A
 * chunk is free again when nobody counts on it any more: +1 for a loan, for its place in the history and for every
 * connection that it was delivered to.
 *
 * Two rules keep receivers safe: before a push that might make a receiver's chunks more than its completion queue
 * holds, that is emptied, so that giving back never finds it full; and what comes back is checked against our own
 * private record of what that receiver can have, so that a hostile one can neither free a chunk twice nor one that it
 * never got.
 */
import type { BackpressureStrategy } from "../../config/settings.ts";
import { isNodeOfThisThread } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { type Bag, BagSnapshot } from "../../lockfree/bag.ts";
import { CORRUPTED, EMPTY } from "../../lockfree/queue-place.ts";
import { watchLife } from "../../recovery/liveness.ts";
import { isStorageError } from "../../transport/storage-error.ts";
import type { Attempts } from "./attempts.ts";
import { Backpressure } from "./backpressure.ts";
import type { ChunkPool } from "./chunk-pool.ts";
import { Degradation } from "./degradation.ts";
import type { BackpressureHandler, DegradationCause, DegradationHandler } from "./handlers.ts";
import { History } from "./history.ts";
import { type LoanLimits, Loans } from "./loans.ts";
import { SendError } from "./port-errors.ts";
import { type ReceiverAddress, SenderConnection } from "./sender-connection.ts";

export interface SenderOptions extends LoanLimits {
  readonly service: ServiceState;
  readonly pool: ChunkPool;
  readonly portId: bigint;
  /** For messages, such as `publisher "front" of service "Camera/Front"`. */
  readonly origin: string;
  /** Who may receive, and how to read one of its entries; undefined for an entry that makes no sense. */
  readonly receivers: Bag;
  readonly readReceiver: (entry: Uint8Array) => ReceiverAddress | undefined;
  /** How many of the last messages late receivers can have. */
  readonly historySize: number;
  readonly enableSafeOverflow: boolean;
  readonly backpressureStrategy: BackpressureStrategy;
  readonly backpressureHandler?: BackpressureHandler | undefined;
  readonly degradationHandler?: DegradationHandler | undefined;
}

/** Instead of a number of receivers: a connected receiver has no room, and nobody got anything. */
export const NO_ROOM = -1;
/** The channel of everything but responses. */
const CHANNEL = 0;

export class Sender {
  readonly origin: string;
  readonly pool: ChunkPool;
  readonly #service: ServiceState;
  readonly #portId: bigint;
  readonly #readReceiver: SenderOptions["readReceiver"];
  readonly #receivers: BagSnapshot;
  /** By slot of the receivers' bag; the list below has the same without gaps. */
  readonly #connections: (SenderConnection | undefined)[];
  #connected: readonly SenderConnection[] = [];
  readonly #loans: Loans;
  readonly #history: History | undefined;
  readonly #enableSafeOverflow: boolean;
  readonly #backpressure: Backpressure;
  readonly #degradation: Degradation;

  constructor(options: SenderOptions) {
    const { service, receivers, portId } = options;
    this.origin = options.origin;
    this.pool = options.pool;
    this.#service = service;
    this.#portId = portId;
    this.#readReceiver = options.readReceiver;
    this.#receivers = new BagSnapshot(receivers);
    this.#connections = new Array<SenderConnection | undefined>(receivers.capacity).fill(undefined);
    this.#loans = new Loans({
      ...options,
      tracksPlaces: service.node.tracksSamples,
      reclaimEverything: () => this.#reclaimEverything(),
    });
    if (options.historySize > 0) this.#history = new History(options.pool, options.historySize);
    this.#enableSafeOverflow = options.enableSafeOverflow;
    this.#backpressure = new Backpressure(service, portId, options);
    this.#degradation = new Degradation(service, options.origin, options.degradationHandler);
    this.#updateConnections();
  }

  get loans(): number {
    return this.#loans.count;
  }

  /** Whether another chunk can be on loan. */
  get mayLoan(): boolean {
    return this.#loans.mayBegin;
  }

  /** Those who receive, in the order of their slots; valid until the next call of this sender. */
  get connections(): readonly SenderConnection[] {
    return this.#connected;
  }

  /** The connection to a receiver, which may have taken its slot from another one. */
  connectionAt(slot: number, receiverId: bigint): SenderConnection | undefined {
    const connection = this.#connections[slot];
    return connection?.receiverId === receiverId ? connection : undefined;
  }

  /**
   * Loans a chunk.
   *
   * @param size what it has to hold, in bytes.
   * @returns its number in the pool.
   * @throws LoanError
   */
  loan(size: number): number {
    return this.#loans.begin(size);
  }

  /** Gives up a loan, sent or not. */
  endLoan(chunk: number): void {
    this.#loans.end(chunk);
  }

  /**
   * Delivers a loaned chunk to every receiver; it stays loaned.
   *
   * @returns how many receivers got it.
   * @throws SendError `UnableToDeliver` if a connected receiver has no room and nothing may be discarded; nobody
   *   got it then, unless a handler said `DiscardDataAndFail`.
   */
  send(chunk: number): number {
    const receivers = this.trySend(chunk);
    if (receivers === NO_ROOM) throw this.unableToDeliver();
    return receivers;
  }

  /**
   * As `send`, but returns `NO_ROOM` where waiting for room would help.
   *
   * @param attempts those of a message that waits for it.
   */
  trySend(chunk: number, attempts?: Attempts): number {
    this.keepUpToDate();
    return this.deliver(chunk, attempts);
  }

  /** As `trySend`, to those who are connected already. */
  deliver(chunk: number, attempts?: Attempts): number {
    if (!this.#enableSafeOverflow && !this.#findRoom(this.#connected, CHANNEL, attempts)) return NO_ROOM;
    this.#history?.add(chunk);
    // A corrupted connection leaves the list, but not this copy of it; one that was cleaned up left it before.
    const connected = this.#connected;
    let receivers = 0;
    for (let i = 0; i < connected.length; i++) {
      if (this.#deliver(connected[i]!, CHANNEL, chunk)) receivers++;
    }
    for (let i = 0; i < connected.length; i++) this.#takeBackInTime(connected[i]!, CHANNEL);
    this.#failIfAsked();
    return receivers;
  }

  /**
   * Delivers a loaned chunk to one receiver.
   *
   * @param attempts those of a message that waits for room.
   * @returns 1 if it got it, 0 if it did not and that is no error, or `NO_ROOM`.
   * @throws SendError if a handler asked for it.
   */
  trySendTo(connection: SenderConnection, channel: number, chunk: number, attempts?: Attempts): number {
    if (!this.#enableSafeOverflow && !this.#findRoom([connection], channel, attempts)) return NO_ROOM;
    const isDelivered = this.#connected.includes(connection) && this.#deliver(connection, channel, chunk);
    this.#takeBackInTime(connection, channel);
    this.#failIfAsked();
    return isDelivered ? 1 : 0;
  }

  /** What `send` throws where the others return `NO_ROOM`. */
  unableToDeliver(): SendError {
    return this.#backpressure.unableToDeliver(this.origin);
  }

  /**
   * After `trySend` returned `NO_ROOM`, before the thread is blocked.
   *
   * @throws SendError if the receiver without room belongs to this thread: it could never make any.
   */
  demandOtherThread(): void {
    const { receiverId, nodeId } = this.#backpressure.obstacle;
    if (!isNodeOfThisThread(nodeId)) return;
    throw new SendError(
      "UnableToDeliver",
      this.origin,
      `cannot send from ${this.origin}: receiver ${receiverId} has no room and lives in this thread, which waiting would block for ever. Use "await send(...)".`,
    );
  }

  /**
   * Connects to receivers that came, which get their history, and gives up those that left.
   *
   * @throws SendError if a handler asked for it.
   */
  updateConnections(): void {
    if (!this.#receivers.update()) return;
    this.#applyUpdate();
    if (this.#degradation.hasFailed) this.#degradation.fail(toSendError);
  }

  /** As `updateConnections`, for who goes on to the queues: that touches memory atomically, as peeking demands. */
  keepUpToDate(): void {
    if (this.#connected.length === 0 || this.#receivers.isOutdated) this.updateConnections();
  }

  /**
   * Calls `onDeath` when one of those who receive now died and was cleaned up, or is gone with its node.
   *
   * @param onFound is called with the node of one that is found dead, before.
   * @returns how to stop watching.
   */
  watchReceivers(onDeath: () => void, onFound: (nodeId: bigint) => void): () => void {
    const { os, config } = this.#service.node;
    const watches = this.#connected.map(({ nodeId }) =>
      watchLife(os, config, nodeId, onDeath, () => onFound(nodeId)),
    );
    return () => {
      for (const stop of watches) stop();
    };
  }

  /** Gives up all connections; the pool goes when the last loan does. */
  close(): void {
    for (const connection of this.#connections) connection?.close();
    this.#connections.fill(undefined);
    this.#connected = [];
  }

  // --- connections ---------------------------------------------------------------------------------

  /** At the beginning nobody can be told of a failure but the log. */
  #updateConnections(): void {
    this.#receivers.update();
    this.#applyUpdate();
    this.#degradation.forget();
  }

  #applyUpdate(): void {
    for (let slot = 0; slot < this.#connections.length; slot++) this.#updateSlot(slot);
    this.#listConnected();
  }

  #listConnected(): void {
    this.#connected = this.#connections.filter((connection) => connection !== undefined);
  }

  #updateSlot(slot: number): void {
    const entry = this.#receivers.entry(slot);
    const address = entry === undefined ? undefined : this.#readReceiver(entry);
    const existing = this.#connections[slot];
    if (existing !== undefined && existing.receiverId === address?.receiverId) return;
    if (existing !== undefined) this.#disconnect(slot, existing);
    if (address !== undefined) this.#connect(slot, address);
  }

  #connect(slot: number, address: ReceiverAddress): void {
    const { os, config } = this.#service.node;
    try {
      const connection = SenderConnection.open(os, config, this.#portId, address, this.pool);
      this.#connections[slot] = connection;
      this.#deliverHistory(connection, address.historyRequest);
    } catch (error) {
      // A receiver that left again meanwhile is no failure.
      if (isStorageError(error, "DoesNotExist")) return;
      this.#degradation.report("FailedToEstablishConnection", this.#portId, address.receiverId, error);
    }
  }

  #disconnect(slot: number, connection: SenderConnection): void {
    this.#connections[slot] = undefined;
    connection.takeBackEverything();
    connection.close();
  }

  #giveUp(connection: SenderConnection): void {
    const { receiverId } = connection;
    const reason = `receiver ${receiverId} wrote what it never got.`;
    this.#disconnect(this.#connections.indexOf(connection), connection);
    this.#listConnected();
    this.#degradation.report("ConnectionCorrupted", this.#portId, receiverId, reason);
  }

  // --- delivery ------------------------------------------------------------------------------------

  /** Whether every receiver has room, or may be left out. */
  #findRoom(connections: readonly SenderConnection[], channel: number, attempts?: Attempts): boolean {
    if (!this.#backpressure.mayRefuse) return true;
    this.#backpressure.begin();
    let hasRoom = true;
    for (const connection of connections) {
      if (!connection.isFull(channel)) continue;
      // Nobody waits for one that gives back what it never got.
      if (!connection.reclaim(channel)) this.#giveUp(connection);
      else if (this.#isInTheWay(connection, channel, attempts)) hasRoom = false;
    }
    return hasRoom;
  }

  #isInTheWay(connection: SenderConnection, channel: number, attempts: Attempts | undefined): boolean {
    if (!connection.isConnected || connection.stateOf(channel).isClosed) return false;
    // The receiver may be dead and nobody else there to notice.
    if (connection.liveness.cleanupIfDead()) {
      this.updateConnections();
      return false;
    }
    return this.#backpressure.isInTheWay(connection, attempts);
  }

  /** @throws SendError if a handler said so. */
  #failIfAsked(): void {
    if (this.#backpressure.hasFailed) this.#backpressure.fail(this.origin);
    if (this.#degradation.hasFailed) this.#degradation.fail(toSendError);
  }

  #deliver(connection: SenderConnection, channel: number, chunk: number): boolean {
    if (!connection.mayHaveMore && !connection.reclaim(channel)) {
      this.#giveUp(connection);
      return false;
    }
    if (!this.#enableSafeOverflow && connection.isFull(channel)) return false;
    this.pool.retain(chunk);
    const evicted = connection.push(channel, chunk);
    if (evicted === CORRUPTED) {
      this.#giveUp(connection);
      return false;
    }
    if (evicted !== EMPTY) this.pool.release(evicted);
    return true;
  }

  /** Takes back early what was released: now the receiver is at work on the message, and nobody waits for us. */
  #takeBackInTime(connection: SenderConnection, channel: number): void {
    if (connection.hasMuch && !connection.reclaim(channel)) this.#giveUp(connection);
  }

  #deliverHistory(connection: SenderConnection, request: number): void {
    for (const chunk of this.#history?.newest(Math.min(request, connection.capacity)) ?? []) {
      if (!this.#deliver(connection, CHANNEL, chunk)) return;
    }
  }

  #reclaimEverything(): void {
    this.updateConnections();
    for (const connection of this.#connected) {
      if (!connection.reclaimEverything()) this.#giveUp(connection);
    }
  }
}

function toSendError(origin: string, code: DegradationCause, message: string, cause: unknown): SendError {
  return new SendError(code, origin, message, { cause });
}
