import type { PayloadType } from "../../payload/meaning.ts";
import type { DegradationHandler } from "../common/handlers.ts";
import type { Header } from "../common/loan.ts";
import type { LoopOptions, WakeUps } from "../common/message-loop.ts";
import type { PublishSubscribeEventIds } from "./event-ids.ts";
import type { Sample } from "./sample.ts";

export interface SubscriberOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
  /** How many samples wait per publisher at most; the service's maximum by default. */
  readonly bufferSize?: number | undefined;
  /** How many old samples to get from each publisher; as many as possible by default. */
  readonly historyRequest?: number | undefined;
  /** Decides about connections that cannot be used; without it they are logged. */
  readonly degradationHandler?: DegradationHandler | undefined;
  /**
   * The ids of the event service of the same name, where there is one: it wakes loops over samples, and tells
   * publishers of them. Upstream's, of its event_based_communication example, by default.
   */
  readonly eventIds?: PublishSubscribeEventIds | undefined;
}

/** Receives the samples of all publishers of its service. */
export interface Subscriber<T extends PayloadType, H extends Header = undefined>
  extends Disposable,
    AsyncIterable<Sample<T, H>> {
  readonly id: bigint;
  readonly name: string;
  readonly bufferSize: number;
  readonly closed: boolean;
  /** How often loops over samples looked again while they waited. */
  readonly wakeUps: WakeUps;
  /**
   * The oldest waiting sample of a publisher, or undefined. Publishers take turns; those that left come first. Release
   * it when done.
   *
   * @throws ReceiveError `ExceedsMaxBorrows` if samples wait, but too many are held; nothing is lost.
   * @throws ClosedError
   */
  receive(): Sample<T, H> | undefined;
  /** Whether `receive` would find something. Also connects to publishers that came. */
  hasSamples(): boolean;
  /**
   * Hands every sample that waits to the callback and releases it afterwards, unless `keep()` was called on it.
   * Allocates nothing for payloads of fixed size: the objects belong to the chunks and are used again, so do not
   * hold on to a sample that you do not keep.
   *
   * @returns how many samples there were.
   * @throws ReceiveError as `receive`, and whatever the callback throws; ClosedError
   */
  drain(callback: (sample: Sample<T, H>) => void): number;
  /**
   * The samples as they come. The loop owns them: each is released when the next one is asked for and when the loop
   * ends, unless `keep()` was called on it. It connects to new publishers while it waits.
   *
   * It ends when `timeout` passes without a sample, and when the subscriber is closed.
   *
   * @throws the signal's reason when it is aborted; ReceiveError as `receive`; AlreadyWaitingError, ClosedError
   */
  samples(options?: LoopOptions): AsyncIterableIterator<Sample<T, H>>;
  /** Leaves the service. Samples that are still held go on showing their bytes. */
  close(): void;
}
