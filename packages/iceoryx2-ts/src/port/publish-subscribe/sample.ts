import {
  closeLease,
  isReleased,
  Lease,
  leaseBase,
  leaseMemory,
  moveLease,
  openLease,
} from "../../payload/lease.ts";
import type { FixedType, PayloadType, ReadonlyView, Value } from "../../payload/meaning.ts";
import { type Borrower, NOT_BORROWED, type Receiver } from "../common/receiver.ts";
import type { ReceiverConnection } from "../common/receiver-connection.ts";
import type { Header } from "./loan.ts";
import type { MessageTypes } from "./message-types.ts";
import { readNodeId, readPublisherId, type SampleHeader } from "./sample-header.ts";

/** The user header of a sample; undefined where the service has none. */
export type HeaderReadonly<H> = H extends FixedType ? ReadonlyView<H> : undefined;

/**
 * A received sample: a window into the publisher's memory, to be released when done.
 *
 * After `release` every access throws. A slice of numbers is a bare typed array, which cannot be revoked: it stays
 * safe to read, but may come to show later data. **Writing to it ends the process**, for the memory is mapped
 * read-only. When the subscriber closes, samples that are still held go on showing the same bytes from private memory.
 */
export interface Sample<T extends PayloadType, H extends Header = undefined> extends Disposable {
  /** @throws UseAfterReleaseError */
  readonly payload: ReadonlyView<T>;
  readonly userHeader: HeaderReadonly<H>;
  readonly header: SampleHeader;
  /** The id of the publisher. */
  readonly origin: bigint;
  readonly released: boolean;
  /** A plain copy that may be kept, printed, cloned and posted. */
  copy(): Value<T>;
  /** Takes the sample out of the loop or callback that would release it: from now on you do. */
  keep(): this;
  /** Gives the memory back to the publisher. Doing it twice is allowed. */
  release(): void;
}

/** The port that received a sample. */
export interface SampleOwner {
  readonly receiver: Receiver;
  readonly types: MessageTypes;
  /** Names a sample in messages. */
  readonly describeSample: () => string;
}

export class ReceivedSample<T extends PayloadType, H extends Header>
  extends Lease
  implements Sample<T, H>, Borrower
{
  readonly connection: ReceiverConnection;
  readonly bucket: number;
  borrowIndex: number = NOT_BORROWED;
  /** Whether the loop that received it leaves it alone. */
  isKept = false;
  readonly #owner: SampleOwner;
  #length = 0;
  #view: unknown;

  constructor(owner: SampleOwner, connection: ReceiverConnection, bucket: number) {
    super();
    this.#owner = owner;
    this.connection = connection;
    this.bucket = bucket;
  }

  /** Shows what the chunk holds now; the object may have shown earlier contents of it. */
  open(length: number): void {
    const { connection, bucket } = this;
    if (length !== this.#length) this.#view = undefined;
    this.#length = length;
    this.isKept = false;
    openLease(
      this,
      connection.segment.region.view,
      connection.chunkOffset(bucket),
      this.#owner.describeSample,
    );
    this.#owner.receiver.addBorrower(this);
  }

  get payload(): ReadonlyView<T> {
    leaseMemory(this);
    if (this.#view !== undefined) return this.#view as ReadonlyView<T>;
    const { payload, layout } = this.#owner.types;
    const view =
      payload.kind === "fixed"
        ? payload.view(this, layout.payloadOffset, false)
        : payload.view(this, layout.payloadOffset, this.#length, false);
    if (payload.isViewLive) this.#view = view;
    return view as ReadonlyView<T>;
  }

  get userHeader(): HeaderReadonly<H> {
    leaseMemory(this);
    const { userHeader, layout } = this.#owner.types;
    return userHeader?.view(this, layout.userHeaderOffset, false) as HeaderReadonly<H>;
  }

  get header(): SampleHeader {
    const memory = leaseMemory(this);
    const at = leaseBase(this);
    return {
      nodeId: readNodeId(memory, at),
      publisherId: readPublisherId(memory, at),
      numberOfElements: this.#length,
    };
  }

  get origin(): bigint {
    return readPublisherId(leaseMemory(this), leaseBase(this));
  }

  get released(): boolean {
    return isReleased(this);
  }

  copy(): Value<T> {
    const { payload, layout } = this.#owner.types;
    const memory = leaseMemory(this);
    const at = leaseBase(this) + layout.payloadOffset;
    const value =
      payload.kind === "fixed" ? payload.read(memory, at) : payload.read(memory, at, this.#length);
    return value as Value<T>;
  }

  keep(): this {
    leaseMemory(this);
    this.isKept = true;
    return this;
  }

  release(): void {
    if (isReleased(this)) return;
    closeLease(this);
    if (this.borrowIndex !== NOT_BORROWED) this.#owner.receiver.giveBack(this);
  }

  detach(): void {
    const { layout } = this.#owner.types;
    const size = layout.payloadOffset + this.#length * layout.elementStride;
    const memory = leaseMemory(this);
    const copy = memory.buffer.slice(leaseBase(this), leaseBase(this) + size);
    moveLease(this, new DataView(copy), 0);
    this.#view = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
