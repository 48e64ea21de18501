/** The wait set that a node makes, and that goes with it. */
import { ClosedError, InvalidArgumentError } from "../base/general-errors.ts";
import type { NodeResource, NodeState } from "../lifecycle/node-state.ts";
import type { SignalMode } from "../lifecycle/termination.ts";
import { WaitScope } from "../lifecycle/wait-scope.ts";
import { ENDED, TIMED_OUT, type WaitOptions, waitFor } from "../lifecycle/waiting.ts";
import type { Watch } from "../os/os.ts";
import type { Listener } from "../port/event/listener.ts";
import { type Rearmed, rearm } from "../port/event/rearm.ts";
import { Attached, type Attachment, type DescriptorSource, type Guard } from "./attachment.ts";
import { AttachmentList, type Round } from "./attachment-list.ts";
import { DueTime } from "./due-time.ts";
import type {
  AttachmentCallback,
  CallbackProgression,
  WaitSet,
  WaitSetOptions,
  WaitSetRunResult,
} from "./wait-set.ts";
import { WaitSetRunError } from "./wait-set-errors.ts";

/** setTimeout takes 31 bits. */
const TIMER_MAX = 2 ** 31 - 1;
const NANOSECONDS_PER_MILLISECOND = 1e6;

export class NodeWaitSet implements WaitSet, NodeResource, Rearmed {
  readonly #node: NodeState;
  readonly #origin: string;
  readonly #waits: WaitScope;
  readonly #list: AttachmentList;
  readonly #start: bigint;
  /** Stays between two waits, so that who waits again and again does not register each time. */
  #watch: Watch | undefined;
  /** Of the pending wait. */
  #wake: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @throws WaitSetCreateError */
  constructor(node: NodeState, { signals = node.waits.signalMode }: WaitSetOptions) {
    this.#node = node;
    this.#origin = `a wait set of ${node.origin}`;
    this.#waits = new WaitScope(node.os, signals, this.#origin);
    this.#list = new AttachmentList(node.os, this.#origin);
    this.#start = node.os.monotonicTime();
    node.adopt(this);
  }

  get length(): number {
    return this.#list.length;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  get capacity(): number {
    this.#demandOpen();
    return this.#list.capacity;
  }

  get closed(): boolean {
    return this.#waits.isClosed;
  }

  get signals(): SignalMode {
    return this.#waits.signalMode;
  }

  get isIdle(): boolean {
    return this.#list.isIdle;
  }

  attachNotification(source: Listener | DescriptorSource): Guard {
    this.#demandOpen();
    return this.#attach(source, undefined);
  }

  attachDeadline(source: Listener | DescriptorSource, deadline: number): Guard {
    this.#demandOpen();
    return this.#attach(source, this.#dueTime(deadline));
  }

  attachInterval(interval: number): Guard {
    this.#demandOpen();
    return this.#attach(undefined, this.#dueTime(interval));
  }

  attachments(options: WaitOptions = {}): AsyncIterableIterator<Attachment> {
    this.#demandOpen();
    return this.#attachments(options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Attachment> {
    return this.attachments();
  }

  async waitAndProcess(callback: AttachmentCallback, options: WaitOptions = {}): Promise<WaitSetRunResult> {
    this.#demandOpen();
    for (;;) {
      const round = await this.#next(options);
      if (typeof round === "string") return round;
      if (this.#process(round, callback) === "Stop") return "StopRequest";
    }
  }

  async waitAndProcessOnce(
    callback: AttachmentCallback,
    options: WaitOptions = {},
  ): Promise<WaitSetRunResult> {
    this.#demandOpen();
    const round = await this.#next(options);
    if (typeof round === "string") return round;
    return this.#process(round, callback) === "Stop" ? "StopRequest" : "AllEventsHandled";
  }

  ref(): this {
    this.#waits.isRef = true;
    this.#applyRef();
    return this;
  }

  unref(): this {
    this.#waits.isRef = false;
    this.#applyRef();
    return this;
  }

  wake(): void {
    this.#wake?.();
  }

  close(): void {
    if (this.closed) return;
    this.#waits.close();
    this.#stopWatching();
    this.#list.close();
    this.#node.disown(this);
  }

  closeWithNode(): void {
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *#attachments(options: WaitOptions): AsyncIterableIterator<Attachment> {
    for (;;) {
      const round = await this.#next(options);
      if (typeof round === "string") return;
      yield* reportsOf(round);
    }
  }

  #process(round: Round, callback: AttachmentCallback): CallbackProgression {
    for (const attachment of reportsOf(round)) {
      if (callback(attachment) === "Stop") return "Stop";
    }
    return "Continue";
  }

  /** Waits for the next round. @returns why there is none. */
  async #next(options: WaitOptions): Promise<Round | WaitSetRunResult> {
    const vacate = this.#waits.occupy();
    try {
      const subscribe = (wake: () => void): (() => void) => this.#subscribe(wake);
      const found = await waitFor(this.#waits, { look: () => this.#look(), subscribe }, options);
      if (found === TIMED_OUT) return "AllEventsHandled";
      if (found !== ENDED) return found;
      return this.closed ? "StopRequest" : "TerminationRequest";
    } finally {
      vacate();
    }
  }

  #look(): Round | undefined {
    if (!this.isEmpty) return this.#list.find(this.#now());
    const message = `cannot wait for ${this.#origin}: nothing is attached to it, so it would wait for ever.`;
    throw new WaitSetRunError("NoAttachments", this.#origin, message);
  }

  #subscribe(wake: () => void): () => void {
    this.#wake = wake;
    this.#watch ??= this.#node.os.watch(this.#list.fd, () => this.#onReadable());
    this.#schedule();
    this.#applyRef();
    const stopRearming = rearm(this);
    return () => {
      this.#wake = undefined;
      this.#watch?.unref();
      clearTimeout(this.#timer);
      stopRearming();
    };
  }

  #onReadable(): void {
    if (this.#wake === undefined) this.#stopWatching();
    else this.#wake();
  }

  #stopWatching(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  /** Sets the timer to the next time at which there is something to report. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const rest = this.#list.timeLeft(this.#now()) / NANOSECONDS_PER_MILLISECOND;
    if (rest === Number.POSITIVE_INFINITY) return;
    const next = (): void => {
      this.#wake?.();
      // Timers may be early.
      if (this.#wake !== undefined) this.#schedule();
    };
    this.#timer = setTimeout(next, Math.min(Math.ceil(rest), TIMER_MAX));
    if (!this.#waits.isRef) this.#timer.unref();
  }

  #applyRef(): void {
    if (this.#wake === undefined) return;
    for (const handle of [this.#watch, this.#timer]) {
      if (this.#waits.isRef) handle?.ref();
      else handle?.unref();
    }
  }

  #attach(source: Listener | DescriptorSource | undefined, due: DueTime | undefined): Guard {
    const attached = new Attached(this.#detach, source, due);
    this.#list.add(attached);
    this.#notice();
    return attached;
  }

  readonly #detach = (attached: Attached): void => {
    this.#list.remove(attached);
    this.#notice();
  };

  /** What is attached changed while somebody may be waiting. */
  #notice(): void {
    this.#wake?.();
    if (this.#wake !== undefined) this.#schedule();
  }

  #dueTime(milliseconds: number): DueTime {
    if (milliseconds >= 0) {
      return new DueTime(Math.round(milliseconds * NANOSECONDS_PER_MILLISECOND), this.#now());
    }
    const message = `cannot attach ${milliseconds} ms to ${this.#origin}: the time must be a number from 0 on.`;
    throw new InvalidArgumentError(this.#origin, message);
  }

  /** In nanoseconds since the wait set was created, which a number holds exactly for a hundred days. */
  #now(): number {
    return Number(this.#node.os.monotonicTime() - this.#start);
  }

  #demandOpen(): void {
    if (this.closed) throw new ClosedError(this.#origin);
  }
}

/** What a loop does not come to is not lost: what was due stays due, what was readable still is. */
function* reportsOf({ attachments, time }: Round): Generator<Attachment, void> {
  for (const attachment of attachments) {
    const attached = attachment.guard as Attached;
    if (attached.released) continue;
    if (attachment === attached.whenDue) attached.due?.report(time);
    yield attachment;
  }
}
