import type { SignalMode } from "../lifecycle/termination.ts";
import type { WaitOptions } from "../lifecycle/waiting.ts";
import type { Listener } from "../port/event/listener.ts";
import type { Attachment, DescriptorSource, Guard } from "./attachment.ts";

export interface WaitSetOptions {
  /** What SIGINT and SIGTERM do to waits: "wait" ends them, "ignore" leaves them alone; as the node by default. */
  readonly signals?: SignalMode | undefined;
}

/** Whether a callback wants to see more; nothing means "Continue". */
export type CallbackProgression = "Continue" | "Stop";

/** What is called for every report. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that returns nothing wants to see more.
export type AttachmentCallback = (attachment: Attachment) => CallbackProgression | void;

/**
 * Why processing ended: the callback said so or the wait set was closed; SIGINT or SIGTERM came; everything that there
 * was is handled, or the time is over.
 */
export type WaitSetRunResult = "StopRequest" | "TerminationRequest" | "AllEventsHandled";

/**
 * Waits for many things at once: listeners, deadlines of listeners, intervals, descriptors.
 *
 * It reports what is there and takes nothing: whoever does not take the events of a listener, or does not read from a
 * descriptor, gets the same report again at once.
 */
export interface WaitSet extends Disposable, AsyncIterable<Attachment> {
  /** How many attachments there are. */
  readonly length: number;
  readonly isEmpty: boolean;
  /** How many there may be: the system's limit for this user. */
  readonly capacity: number;
  readonly closed: boolean;
  /** What SIGINT and SIGTERM do to waits. */
  readonly signals: SignalMode;
  /**
   * Reports the listener as long as there is something to take from it, or the descriptor as long as it is readable.
   * Release the guard before you close a descriptor.
   *
   * @throws WaitSetAttachmentError, ClosedError
   */
  attachNotification(source: Listener | DescriptorSource): Guard;
  /**
   * As `attachNotification`; and reports a missed deadline each time that there was nothing for so long. What comes in
   * the last moment counts: then only that is reported.
   *
   * @param deadline in milliseconds. @throws WaitSetAttachmentError, InvalidArgumentError, ClosedError
   */
  attachDeadline(source: Listener | DescriptorSource, deadline: number): Guard;
  /**
   * Reports each time that so much has passed. It keeps its phase whatever the loop does; what it missed counts once.
   *
   * @param interval in milliseconds; 0: always. @throws InvalidArgumentError, ClosedError
   */
  attachInterval(interval: number): Guard;
  /**
   * One report after the other; missed deadlines and intervals come before what is readable. It ends when there is none
   * within `timeout`, when the wait set is closed, and when SIGINT or SIGTERM comes.
   *
   * @throws the signal's reason when it is aborted; WaitSetRunError `NoAttachments` if there is nothing to wait for;
   *   AlreadyWaitingError, ClosedError.
   */
  attachments(options?: WaitOptions): AsyncIterableIterator<Attachment>;
  /** As `attachments` without options. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Attachment>;
  /**
   * Calls back for every report, until the callback returns "Stop".
   *
   * @param options with a `timeout` it also ends, with "AllEventsHandled", when there is no report for so long.
   * @throws as `attachments`, and what the callback throws.
   */
  waitAndProcess(callback: AttachmentCallback, options?: WaitOptions): Promise<WaitSetRunResult>;
  /** As `waitAndProcess`, but ends after the first reports that come together, or when none came in time. */
  waitAndProcessOnce(callback: AttachmentCallback, options?: WaitOptions): Promise<WaitSetRunResult>;
  /** Lets a pending wait keep the process alive, as it does unless `unref` was called. */
  ref(): this;
  /** Lets the process end although something waits here. */
  unref(): this;
  /** Ends a pending wait and detaches everything. */
  close(): void;
}
