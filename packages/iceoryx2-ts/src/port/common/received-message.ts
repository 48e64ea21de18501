import { closeLease, isReleased, leaseBase, leaseMemory, moveLease, openLease } from "../../payload/lease.ts";
import type { FixedType, PayloadType, ReadonlyView, Value } from "../../payload/meaning.ts";
import { Borrower, borrowIndexOf, bucketOf, connectionOf, NOT_BORROWED, segmentOf } from "./borrower.ts";
import type { Header } from "./loan.ts";
import type { MessageReader } from "./message-reader.ts";
import type { ReceiverConnection } from "./receiver-connection.ts";

/** The user header of a received message; undefined where the service has none. */
export type HeaderReadonly<H> = H extends FixedType ? ReadonlyView<H> : undefined;

/**
 * A received message: a window into the sender's memory, to be released when done.
 *
 * After `release` every access throws. A slice of numbers is a bare typed array, which cannot be revoked: it stays
 * safe to read, but may come to show later data. **Writing to it ends the process**, for the memory is mapped
 * read-only.
 */
export interface Received<T extends PayloadType, H extends Header = undefined> extends Disposable {
  /** @throws UseAfterReleaseError */
  readonly payload: ReadonlyView<T>;
  readonly userHeader: HeaderReadonly<H>;
  /** The id of the port that sent it. */
  readonly origin: bigint;
  readonly released: boolean;
  /** A plain copy that may be kept, printed, cloned and posted. */
  copy(): Value<T>;
  /** Takes it out of the loop or callback that would release it: from now on you do. */
  keep(): this;
  /** Gives the memory back to the sender. Doing it twice is allowed. */
  release(): void;
}

/** Shows what the chunk holds now; the object may have shown earlier contents of it. */
export let openMessage: (message: ReceivedMessage<PayloadType, Header>, length: number) => void;
/** Whether the loop that received it leaves it alone. */
export let isKept: (message: ReceivedMessage<PayloadType, Header>) => boolean;
/** Goes over to a private copy of the bytes; every view of it follows. */
export let detachMessage: (message: ReceivedMessage<PayloadType, Header>) => void;
/** The number of elements, as it was checked when the message was received. */
export let lengthOf: (message: ReceivedMessage<PayloadType, Header>) => number;

export abstract class ReceivedMessage<T extends PayloadType, H extends Header>
  extends Borrower
  implements Received<T, H>
{
  readonly #reader: MessageReader;
  #isKept = false;
  #length = 0;
  #view: unknown;

  /** The chunk is the one that the connection's last `pop` found. */
  constructor(reader: MessageReader, connection: ReceiverConnection, channel: number) {
    super(connection, channel);
    this.#reader = reader;
  }

  static {
    openMessage = (message, length) => {
      const { receiver, describeMessage } = message.#reader;
      const segment = segmentOf(message);
      if (length !== message.#length) message.#view = undefined;
      message.#length = length;
      message.#isKept = false;
      openLease(message, segment.view.region.view, segment.offsetOf(bucketOf(message)), describeMessage);
      receiver.addBorrower(message);
    };
    isKept = (message) => message.#isKept;
    lengthOf = (message) => message.#length;
    detachMessage = (message) => {
      const { layout } = message.#reader.types;
      const start = leaseBase(message);
      const end = start + layout.payloadOffset + message.#length * layout.elementStride;
      moveLease(message, new DataView(leaseMemory(message).buffer.slice(start, end)), 0);
      message.#view = undefined;
    };
  }

  get payload(): ReadonlyView<T> {
    leaseMemory(this);
    if (this.#view !== undefined) return this.#view as ReadonlyView<T>;
    const { payload, layout } = this.#reader.types;
    const view =
      payload.kind === "fixed"
        ? payload.view(this, layout.payloadOffset, false)
        : payload.view(this, layout.payloadOffset, this.#length, false);
    if (payload.isViewLive) this.#view = view;
    return view as ReadonlyView<T>;
  }

  get userHeader(): HeaderReadonly<H> {
    leaseMemory(this);
    const { userHeader, layout } = this.#reader.types;
    return userHeader?.view(this, layout.userHeaderOffset, false) as HeaderReadonly<H>;
  }

  get origin(): bigint {
    leaseMemory(this);
    return connectionOf(this).senderId;
  }

  get released(): boolean {
    return isReleased(this);
  }

  copy(): Value<T> {
    const { payload, layout } = this.#reader.types;
    const memory = leaseMemory(this);
    const at = leaseBase(this) + layout.payloadOffset;
    const value =
      payload.kind === "fixed" ? payload.read(memory, at) : payload.read(memory, at, this.#length);
    return value as Value<T>;
  }

  keep(): this {
    leaseMemory(this);
    this.#isKept = true;
    return this;
  }

  release(): void {
    if (isReleased(this)) return;
    closeLease(this);
    if (borrowIndexOf(this) !== NOT_BORROWED) this.#reader.receiver.giveBack(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
