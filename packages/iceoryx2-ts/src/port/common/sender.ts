/**
 * The sending half that publishers, clients and servers share.
 *
 * A sender owns a data segment, loans chunks of it out, and hands sent ones to the queues of all connected
 * receivers. A chunk is free again when nobody counts on it any more: +1 for a loan, for its place in the history
 * and for every connection that it was delivered to.
 *
 * Two rules keep receivers safe: the completion queue of a connection is emptied before every push to it, so that
 * giving back never finds it full, and what comes back is checked against our own private record of what that
 * receiver can have, so that a hostile one can neither free a chunk twice nor one that it never got.
 */
import { log } from "../../base/log.ts";
import type { BackpressureStrategy } from "../../config/settings.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { type Bag, BagSnapshot } from "../../lockfree/bag.ts";
import { CORRUPTED, EMPTY } from "../../lockfree/queue-place.ts";
import type { DataSegment } from "../../transport/data-segment.ts";
import { isStorageError } from "../../transport/storage-error.ts";
import { LoanError, SendError } from "./port-errors.ts";
import { type ReceiverAddress, SenderConnection } from "./sender-connection.ts";

export interface SenderOptions {
  readonly service: ServiceState;
  readonly segment: DataSegment;
  readonly portId: bigint;
  /** For messages, such as `publisher "front" of service "Camera/Front"`. */
  readonly origin: string;
  /** Who may receive, and how to read one of its entries; undefined for an entry that makes no sense. */
  readonly receivers: Bag;
  readonly readReceiver: (entry: Uint8Array) => ReceiverAddress | undefined;
  readonly maxLoans: number;
  /** The name of the option behind `maxLoans`. */
  readonly maxLoansOption: string;
  readonly historySize: number;
  readonly enableSafeOverflow: boolean;
  readonly backpressureStrategy: BackpressureStrategy;
}

export class Sender {
  readonly origin: string;
  readonly segment: DataSegment;
  readonly #service: ServiceState;
  readonly #portId: bigint;
  readonly #readReceiver: SenderOptions["readReceiver"];
  readonly #maxLoans: number;
  readonly #maxLoansOption: string;
  readonly #receivers: BagSnapshot;
  /** By slot of the receivers' bag; the list below has the same without gaps. */
  readonly #connections: (SenderConnection | undefined)[];
  #connected: readonly SenderConnection[] = [];
  readonly #references: Int32Array;
  #loans = 0;
  readonly #history: Int32Array;
  #historyLength = 0;
  #historyNext = 0;
  /** Whether a full receiver is skipped or makes the whole send fail; neither happens with overflow. */
  readonly #demandsRoom: boolean;
  readonly #checksRoom: boolean;

  constructor(options: SenderOptions) {
    const { service, segment, receivers } = options;
    this.origin = options.origin;
    this.segment = segment;
    this.#service = service;
    this.#portId = options.portId;
    this.#readReceiver = options.readReceiver;
    this.#maxLoans = options.maxLoans;
    this.#maxLoansOption = options.maxLoansOption;
    this.#receivers = new BagSnapshot(receivers);
    this.#connections = new Array<SenderConnection | undefined>(receivers.capacity).fill(undefined);
    this.#references = new Int32Array(segment.numberOfBuckets);
    this.#history = new Int32Array(options.historySize);
    this.#checksRoom = !options.enableSafeOverflow;
    this.#demandsRoom = this.#checksRoom && options.backpressureStrategy === "RetryUntilDelivered";
    this.updateConnections();
  }

  get loans(): number {
    return this.#loans;
  }

  /**
   * Loans a chunk.
   *
   * @returns its bucket in the segment.
   * @throws LoanError
   */
  loan(): number {
    if (this.#loans >= this.#maxLoans) throw this.#tooManyLoans();
    const { segment } = this;
    if (!segment.hasFreeBucket) this.#reclaimEverything();
    if (!segment.hasFreeBucket) throw this.#outOfChunks();
    const bucket = this.#allocate();
    this.#references[bucket] = 1;
    this.#loans++;
    return bucket;
  }

  /** Gives up a loan, sent or not. */
  endLoan(bucket: number): void {
    this.#loans--;
    this.#release(bucket);
  }

  /**
   * Delivers a loaned chunk to every receiver; it stays loaned.
   *
   * @returns how many receivers got it.
   * @throws SendError `UnableToDeliver` if a connected receiver has no room and nothing may be discarded; nobody
   *   got it then.
   */
  send(bucket: number): number {
    this.updateConnections();
    if (this.#demandsRoom) {
      for (const connection of this.#connected) this.#demandRoom(connection);
    }
    if (this.#history.length > 0) this.#remember(bucket);
    // A corrupted connection leaves the list, but not this copy of it.
    const connected = this.#connected;
    let receivers = 0;
    for (let i = 0; i < connected.length; i++) {
      if (this.#deliver(connected[i]!, bucket)) receivers++;
    }
    return receivers;
  }

  /** Connects to receivers that came, which get their history, and gives up those that left. */
  updateConnections(): void {
    if (!this.#receivers.update()) return;
    for (let slot = 0; slot < this.#connections.length; slot++) this.#updateSlot(slot);
    this.#connected = this.#connections.filter((connection) => connection !== undefined);
  }

  /** Gives up all connections; the segment goes when the last loan does. */
  close(): void {
    for (const connection of this.#connections) connection?.close();
    this.#connections.fill(undefined);
    this.#connected = [];
  }

  // --- connections ---------------------------------------------------------------------------------

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
      const connection = SenderConnection.open(os, config, this.#portId, address, this.segment);
      this.#connections[slot] = connection;
      this.#deliverHistory(connection, address.historyRequest);
    } catch (error) {
      // A receiver that left again meanwhile is no failure.
      const isGone = isStorageError(error, "DoesNotExist");
      log(
        isGone ? "debug" : "warn",
        this.origin,
        `cannot connect to receiver ${address.receiverId}: ${error}`,
      );
    }
  }

  #disconnect(slot: number, connection: SenderConnection): void {
    this.#connections[slot] = undefined;
    connection.takeBackEverything((bucket) => this.#release(bucket));
    connection.close();
  }

  #giveUp(connection: SenderConnection): void {
    log(
      "warn",
      this.origin,
      `the connection to receiver ${connection.receiverId} is corrupted and not used any more: the receiver wrote what it never got.`,
    );
    this.#disconnect(this.#connections.indexOf(connection), connection);
    this.#connected = this.#connections.filter((other) => other !== undefined);
  }

  // --- delivery ------------------------------------------------------------------------------------

  #demandRoom(connection: SenderConnection): void {
    if (!this.#reclaim(connection)) return;
    if (!connection.isFull || !connection.isConnected) return;
    // The receiver may be dead and nobody else there to notice.
    if (connection.liveness.cleanupIfDead()) {
      this.updateConnections();
      return;
    }
    throw new SendError(
      "UnableToDeliver",
      this.origin,
      `cannot send from ${this.origin}: receiver ${connection.receiverId} has no room, ${connection.capacity} samples wait for it already. Send again later, use the strategy "DiscardData", or create the service with a larger buffer or with enableSafeOverflow.`,
    );
  }

  #deliver(connection: SenderConnection, bucket: number): boolean {
    if (!this.#reclaim(connection)) return false;
    if (this.#checksRoom && connection.isFull) return false;
    this.#references[bucket]!++;
    const evicted = connection.push(bucket);
    if (evicted === CORRUPTED) {
      this.#giveUp(connection);
      return false;
    }
    if (evicted !== EMPTY) this.#release(evicted);
    return true;
  }

  #deliverHistory(connection: SenderConnection, request: number): void {
    const count = Math.min(request, connection.capacity, this.#historyLength);
    const { length } = this.#history;
    for (let age = count; age > 0; age--) {
      const bucket = this.#history[(this.#historyNext + length - age) % length]!;
      if (!this.#deliver(connection, bucket)) return;
    }
  }

  #remember(bucket: number): void {
    const { length } = this.#history;
    if (this.#historyLength === length) this.#release(this.#history[this.#historyNext]!);
    else this.#historyLength++;
    this.#history[this.#historyNext] = bucket;
    this.#references[bucket]!++;
    this.#historyNext = this.#historyNext + 1 === length ? 0 : this.#historyNext + 1;
  }

  // --- chunks --------------------------------------------------------------------------------------

  /** Takes back what the receiver released. @returns false if that made no sense, and the connection is gone. */
  #reclaim(connection: SenderConnection): boolean {
    let returned = connection.returned();
    for (; returned > 0; returned--) {
      const bucket = connection.reclaim();
      if (bucket === CORRUPTED) returned = CORRUPTED;
      else this.#release(bucket);
    }
    if (returned === 0) return true;
    this.#giveUp(connection);
    return false;
  }

  #reclaimEverything(): void {
    this.updateConnections();
    for (const connection of this.#connected) this.#reclaim(connection);
  }

  #release(bucket: number): void {
    const references = this.#references[bucket]! - 1;
    this.#references[bucket] = references;
    if (references === 0) this.segment.free(bucket);
  }

  #allocate(): number {
    try {
      return this.segment.allocate();
    } catch (cause) {
      throw new LoanError(
        "OutOfMemory",
        this.origin,
        `cannot loan from ${this.origin}: the machine has no shared memory left for another chunk of ${this.segment.bucketSize} bytes. Free some, or enlarge /dev/shm.`,
        { cause },
      );
    }
  }

  #tooManyLoans(): LoanError {
    return new LoanError(
      "ExceedsMaxLoans",
      this.origin,
      `cannot loan from ${this.origin}: ${this.#loans} samples are already on loan (${this.#maxLoansOption}: ${this.#maxLoans}). Send or release one, or create the port with a larger ${this.#maxLoansOption}.`,
    );
  }

  #outOfChunks(): LoanError {
    return new LoanError(
      "OutOfMemory",
      this.origin,
      `cannot loan from ${this.origin}: all ${this.segment.numberOfBuckets} chunks are with receivers, in the history or on loan. Receivers must release some.`,
    );
  }
}
