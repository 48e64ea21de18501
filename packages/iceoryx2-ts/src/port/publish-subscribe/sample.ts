import { closeLease, isReleased, leaseBase, leaseMemory, moveLease, openLease } from "../../payload/lease.ts";
import type { FixedType, PayloadType, ReadonlyView, Value } from "../../payload/meaning.ts";
import { Borrower, borrowIndexOf, bucketOf, NOT_BORROWED, segmentOf } from "../common/borrower.ts";
import type { Header } from "../common/loan.ts";
import type { MessageTypes } from "../common/message-types.ts";
import { FIRST_CHANNEL, type Receiver } from "../common/receiver.ts";
import type { ReceiverConnection } from "../common/receiver-connection.ts";
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

/** Shows what the chunk holds now; the object may have shown earlier contents of it. */
export let openSample: (sample: ReceivedSample<PayloadType, Header>, length: number) => void;
/** Whether the loop that received it leaves it alone. */
export let isKept: (sample: ReceivedSample<PayloadType, Header>) => boolean;
/** Goes over to a private copy of the bytes; every view of it follows. */
export let detachSample: (sample: ReceivedSample<PayloadType, Header>) => void;

export class ReceivedSample<T extends PayloadType, H extends Header>
  extends Borrower
  implements Sample<T, H>
{
  readonly #owner: SampleOwner;
  #isKept = false;
  #length = 0;
  #view: unknown;

  constructor(owner: SampleOwner, connection: ReceiverConnection) {
    super(connection, FIRST_CHANNEL);
    this.#owner = owner;
  }

  static {
    openSample = (sample, length) => {
      const { receiver, describeSample } = sample.#owner;
      const segment = segmentOf(sample);
      if (length !== sample.#length) sample.#view = undefined;
      sample.#length = length;
      sample.#isKept = false;
      openLease(sample, segment.view.region.view, segment.offsetOf(bucketOf(sample)), describeSample);
      receiver.addBorrower(sample);
    };
    isKept = (sample) => sample.#isKept;
    detachSample = (sample) => {
      const { layout } = sample.#owner.types;
      const start = leaseBase(sample);
      const end = start + layout.payloadOffset + sample.#length * layout.elementStride;
      moveLease(sample, new DataView(leaseMemory(sample).buffer.slice(start, end)), 0);
      sample.#view = undefined;
    };
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
    this.#isKept = true;
    return this;
  }

  release(): void {
    if (isReleased(this)) return;
    closeLease(this);
    if (borrowIndexOf(this) !== NOT_BORROWED) this.#owner.receiver.giveBack(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
