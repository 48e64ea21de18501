/**
 * A chunk that was received and not yet given back, in the hands of a user: the base of samples, requests and
 * responses.
 *
 * The functions below are not methods and the state is private, so that users see nothing of this and cloning a
 * sample never copies a segment.
 */
import { Lease } from "../../payload/lease.ts";
import type { ReceivedSegment } from "./received-segment.ts";
import type { ReceiverConnection } from "./receiver-connection.ts";

export let connectionOf: (borrower: Borrower) => ReceiverConnection;
export let channelOf: (borrower: Borrower) => number;
export let segmentOf: (borrower: Borrower) => ReceivedSegment;
export let bucketOf: (borrower: Borrower) => number;
/** Its place in the receiver's list of borrowers, or `NOT_BORROWED`. */
export let borrowIndexOf: (borrower: Borrower) => number;
export let setBorrowIndex: (borrower: Borrower, index: number) => void;

export const NOT_BORROWED = -1;

export abstract class Borrower extends Lease {
  readonly #connection: ReceiverConnection;
  readonly #channel: number;
  readonly #segment: ReceivedSegment;
  readonly #bucket: number;
  #borrowIndex: number = NOT_BORROWED;

  /** The chunk is the one that the connection's last `pop` found. */
  constructor(connection: ReceiverConnection, channel: number) {
    super();
    this.#connection = connection;
    this.#channel = channel;
    this.#segment = connection.segment;
    this.#bucket = connection.bucket;
  }

  static {
    connectionOf = (borrower) => borrower.#connection;
    channelOf = (borrower) => borrower.#channel;
    segmentOf = (borrower) => borrower.#segment;
    bucketOf = (borrower) => borrower.#bucket;
    borrowIndexOf = (borrower) => borrower.#borrowIndex;
    setBorrowIndex = (borrower, index) => {
      borrower.#borrowIndex = index;
    };
  }
}
