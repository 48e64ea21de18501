import type { FixedType, PayloadType, ReadonlyView, Value } from "../../payload/meaning.ts";
import type { Header } from "./loan.ts";
import type { MessageReader } from "./message-reader.ts";
import type { AnyReceivedMessage, ReceivedChunk } from "./received-chunk.ts";

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

/** Shows what its chunk holds now, as the object did before. */
export let reopenMessage: (message: AnyReceivedMessage, length: number) => void;
/** Whether the loop that received it leaves it alone. */
export let isKept: (message: AnyReceivedMessage) => boolean;
/** @throws UseAfterReleaseError if it was released. */
export let demandOpen: (message: AnyReceivedMessage) => void;

/** Its state is private, so that cloning a message never copies a segment. */
export class ReceivedMessage<T extends PayloadType, H extends Header, D> implements Received<T, H> {
  readonly #reader: MessageReader<D>;
  readonly #chunk: ReceivedChunk;
  /** The use of the chunk that belongs to it. */
  readonly #use: number;
  #isKept = false;
  #view: unknown;
  /** The number of elements that the view shows; another message may have shown more or less of the chunk since. */
  #viewLength = 0;

  /** @param chunk that was just received. */
  constructor(reader: MessageReader<D>, chunk: ReceivedChunk, length: number) {
    this.#reader = reader;
    this.#chunk = chunk;
    this.#use = chunk.begin();
    chunk.length = length;
    reader.receiver.addBorrowed(chunk);
  }

  static {
    reopenMessage = (message, length) => {
      const chunk = message.#chunk;
      if (length !== message.#viewLength) message.#view = undefined;
      chunk.length = length;
      message.#isKept = false;
      chunk.resume(message.#use);
      message.#reader.receiver.addBorrowed(chunk);
    };
    isKept = (message) => message.#isKept;
    demandOpen = (message) => {
      message.#demandChunk();
    };
  }

  get payload(): ReadonlyView<T> {
    const chunk = this.#demandChunk();
    // A bare typed array does not follow to the private copy of a chunk that went back.
    const view = chunk.isBorrowed ? this.#view : undefined;
    return (view ?? this.#makeView(chunk)) as ReadonlyView<T>;
  }

  get userHeader(): HeaderReadonly<H> {
    const chunk = this.#demandChunk();
    const { userHeader, layout } = this.#reader.types;
    return userHeader?.view(chunk, layout.userHeaderOffset, false) as HeaderReadonly<H>;
  }

  get header(): D {
    const { memory, base, length } = this.#demandChunk();
    return this.#reader.readHeader(memory, base, length);
  }

  get origin(): bigint {
    return this.#demandChunk().connection.senderId;
  }

  get released(): boolean {
    return this.#chunk.use !== this.#use;
  }

  copy(): Value<T> {
    const { memory, base, length } = this.#demandChunk();
    const { payload, layout } = this.#reader.types;
    const at = base + layout.payloadOffset;
    const value = payload.kind === "fixed" ? payload.read(memory, at) : payload.read(memory, at, length);
    return value as Value<T>;
  }

  keep(): this {
    this.#demandChunk();
    this.#isKept = true;
    return this;
  }

  release(): void {
    const chunk = this.#chunk;
    if (chunk.use !== this.#use) return;
    chunk.end();
    const { receiver, afterRelease } = this.#reader;
    if (chunk.isBorrowed) receiver.giveBack(chunk);
    afterRelease?.();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #makeView(chunk: ReceivedChunk): unknown {
    const { payload, layout } = this.#reader.types;
    const view =
      payload.kind === "fixed"
        ? payload.view(chunk, layout.payloadOffset, false)
        : payload.view(chunk, layout.payloadOffset, chunk.length, false);
    if (payload.isViewLive) {
      this.#view = view;
      this.#viewLength = chunk.length;
    }
    return view;
  }

  #demandChunk(): ReceivedChunk {
    this.#chunk.demand(this.#use);
    return this.#chunk;
  }
}
