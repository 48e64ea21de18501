/** A chunk of a sender, as its receiver knows it: the same object whenever that chunk comes. */
import { Lease } from "../../payload/lease.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { Header } from "./loan.ts";
import type { ReceivedMessage } from "./received-message.ts";
import type { ReceivedSegment } from "./received-segment.ts";
import type { ReceiverConnection } from "./receiver-connection.ts";

export type AnyReceivedMessage = ReceivedMessage<PayloadType, Header, unknown>;

export const NOT_BORROWED = -1;

export class ReceivedChunk extends Lease {
  readonly connection: ReceiverConnection;
  readonly segment: ReceivedSegment;
  /** What travels through the queues for it. */
  readonly pointer: number;
  /** On which it came. */
  channel = 0;
  /** The number of elements that came in it. */
  length = 0;
  /** Its place among those that the receiver holds, or `NOT_BORROWED`. */
  borrowIndex: number = NOT_BORROWED;
  /** What a server keeps it for. */
  request: unknown;
  /** What `drain` shows it with, and uses again. */
  reusable: AnyReceivedMessage | undefined;

  constructor(connection: ReceiverConnection, segment: ReceivedSegment, bucket: number) {
    super(segment.view.region.view, segment.offsetOf(bucket), connection.describeChunk);
    this.connection = connection;
    this.segment = segment;
    this.pointer = segment.pointerTo(bucket);
  }

  /** Whether its sender has to get it back. Who uses it nevertheless sees a private copy. */
  get isBorrowed(): boolean {
    return this.borrowIndex !== NOT_BORROWED;
  }
}
