/**
 * The receiving half that subscribers, servers and clients share.
 *
 * A receiver has one connection per sender, pops chunks from their queues, borrows them, and gives them back. What a
 * sender wrote is checked before it becomes an offset. A sender that left but whose samples still wait or are held
 * keeps its connection as an expired one, and its samples come first.
 */
import { log } from "../../base/log.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { type Bag, BagSnapshot } from "../../lockfree/bag.ts";
import { CORRUPTED } from "../../lockfree/queue-place.ts";
import { isStorageError } from "../../transport/storage-error.ts";
import {
  type Borrower,
  borrowIndexOf,
  bucketOf,
  connectionOf,
  NOT_BORROWED,
  setBorrowIndex,
} from "./borrower.ts";
import { ReceiveError } from "./port-errors.ts";
import { ReceiverConnection, type SenderAddress } from "./receiver-connection.ts";

export interface ReceiverOptions {
  readonly service: ServiceState;
  readonly portId: bigint;
  /** For messages, such as `subscriber "front" of service "Camera/Front"`. */
  readonly origin: string;
  /** Who may send, and how to read one of its entries; undefined for an entry that makes no sense. */
  readonly senders: Bag;
  readonly readSender: (entry: Uint8Array) => SenderAddress | undefined;
  /** Every chunk begins at a multiple of it. */
  readonly chunkAlignment: number;
  /** The size of the smallest valid chunk, in bytes. */
  readonly chunkSizeMin: number;
  /** How many chunks may be held per sender. */
  readonly maxBorrowedSamples: number;
  /** How many senders that left are kept for their samples. */
  readonly expiredConnectionsMax: number;
}

export class Receiver {
  readonly origin: string;
  readonly #service: ServiceState;
  readonly #options: ReceiverOptions;
  readonly #senders: BagSnapshot;
  /** By slot of the senders' bag; the list below has the same without gaps. */
  readonly #connections: (ReceiverConnection | undefined)[];
  #connected: readonly ReceiverConnection[] = [];
  #expired: ReceiverConnection[] = [];
  readonly #borrowers: Borrower[] = [];
  readonly #maxBorrowed: number;

  constructor(options: ReceiverOptions) {
    this.origin = options.origin;
    this.#service = options.service;
    this.#options = options;
    this.#senders = new BagSnapshot(options.senders);
    this.#connections = new Array<ReceiverConnection | undefined>(options.senders.capacity).fill(undefined);
    this.#maxBorrowed = options.maxBorrowedSamples;
    this.updateConnections();
  }

  /** The connections in the order in which they are served; valid until the next call of this receiver. */
  get expiredConnections(): readonly ReceiverConnection[] {
    return this.#expired;
  }
  get activeConnections(): readonly ReceiverConnection[] {
    return this.#connected;
  }

  get hasChunks(): boolean {
    this.updateConnections();
    return (
      this.#expired.some((connection) => connection.hasChunks) ||
      this.#connected.some((connection) => connection.hasChunks)
    );
  }

  /**
   * Takes the next chunk; the connection that is returned has it as its `bucket`, borrowed.
   *
   * @throws ReceiveError `ExceedsMaxBorrows` if chunks wait, but only on connections that lent as many as they may.
   */
  receive(): ReceiverConnection | undefined {
    this.updateConnections();
    let isAtLimit = false;
    if (this.#expired.length > 0) {
      for (const connection of [...this.#expired]) {
        if (this.#isAtLimit(connection)) isAtLimit = true;
        else if (this.receiveFrom(connection)) return connection;
      }
    }
    const connected = this.#connected;
    for (let i = 0; i < connected.length; i++) {
      const connection = connected[i]!;
      if (this.#isAtLimit(connection)) isAtLimit = true;
      else if (this.receiveFrom(connection)) return connection;
    }
    if (isAtLimit) throw this.#tooManyBorrows();
    return undefined;
  }

  /** Takes the next chunk of one connection, if it may lend another one. @returns whether it did. */
  receiveFrom(connection: ReceiverConnection): boolean {
    if (connection.isShut || connection.borrowed >= this.#maxBorrowed) return false;
    const bucket = connection.pop();
    if (bucket >= 0) {
      connection.borrowed++;
      return true;
    }
    if (bucket === CORRUPTED) this.#giveUp(connection);
    else if (connection.isExpired) this.#retire(connection);
    return false;
  }

  /** @throws ReceiveError `ExceedsMaxBorrows` if chunks wait on a connection that lent as many as it may. */
  demandBorrowable(): void {
    for (const connection of this.#expired) if (this.#isAtLimit(connection)) throw this.#tooManyBorrows();
    for (const connection of this.#connected) if (this.#isAtLimit(connection)) throw this.#tooManyBorrows();
  }

  /** Remembers who holds a chunk that `receive` took. */
  addBorrower(borrower: Borrower): void {
    setBorrowIndex(borrower, this.#borrowers.length);
    this.#borrowers.push(borrower);
  }

  /** Gives a chunk back to its sender. */
  giveBack(borrower: Borrower): void {
    const last = this.#borrowers.pop()!;
    if (last !== borrower) {
      const index = borrowIndexOf(borrower);
      this.#borrowers[index] = last;
      setBorrowIndex(last, index);
    }
    setBorrowIndex(borrower, NOT_BORROWED);
    const connection = connectionOf(borrower);
    connection.giveBack(bucketOf(borrower));
    if (connection.isExpired) this.#retire(connection);
  }

  /** Gives a chunk back that nobody got to see. */
  discard(connection: ReceiverConnection): void {
    connection.giveBack(connection.bucket);
    if (connection.isExpired) this.#retire(connection);
  }

  /** Connects to senders that came, and expires the connections of those that left. */
  updateConnections(): void {
    if (!this.#senders.update()) return;
    for (let slot = 0; slot < this.#connections.length; slot++) this.#updateSlot(slot);
    this.#connected = this.#connections.filter((connection) => connection !== undefined);
  }

  /**
   * Gives back everything that is held, before the port leaves.
   *
   * @param detach makes a borrower go over to a private copy of its bytes.
   */
  detachBorrowers(detach: (borrower: Borrower) => void): void {
    for (const borrower of [...this.#borrowers]) {
      detach(borrower);
      this.giveBack(borrower);
    }
  }

  close(): void {
    for (const connection of this.#connections) connection?.close();
    for (const connection of this.#expired) connection.close();
    this.#connections.fill(undefined);
    this.#connected = [];
    this.#expired = [];
  }

  #isAtLimit(connection: ReceiverConnection): boolean {
    return connection.borrowed >= this.#maxBorrowed && connection.hasChunks;
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
    const { portId, chunkAlignment, chunkSizeMin } = this.#options;
    try {
      this.#connections[slot] = ReceiverConnection.open(
        os,
        config,
        portId,
        address,
        chunkAlignment,
        chunkSizeMin,
      );
    } catch (error) {
      // A sender that left again meanwhile is no failure.
      const isGone = isStorageError(error, "DoesNotExist");
      log(isGone ? "debug" : "warn", this.origin, `cannot connect to sender ${address.senderId}: ${error}`);
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
    if (connection.borrowed > 0 || connection.hasChunks) return;
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
      `samples of sender ${victim.senderId}, which left, are discarded: too many left.`,
    );
    this.#expired = this.#expired.filter((other) => other !== victim);
    victim.close();
  }

  #giveUp(connection: ReceiverConnection): void {
    log(
      "warn",
      this.origin,
      `the connection to sender ${connection.senderId} is corrupted and not used any more: the sender wrote what makes no sense.`,
    );
    connection.isShut = true;
  }

  #tooManyBorrows(): ReceiveError {
    return new ReceiveError(
      "ExceedsMaxBorrows",
      this.origin,
      `cannot receive with ${this.origin}: ${this.#maxBorrowed} samples of each sender that has more are held already. Release one, or create the service with a larger limit of borrowed samples (${this.#maxBorrowed} now).`,
    );
  }
}
