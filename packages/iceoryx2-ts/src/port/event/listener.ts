import { ClosedError } from "../../base/general-errors.ts";
import { demandTimeout } from "../../base/timeout.ts";
import type { NodeResource } from "../../lifecycle/node-state.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import { noteShortWait, terminationRequested } from "../../lifecycle/termination.ts";
import { WaitScope } from "../../lifecycle/wait-scope.ts";
import { type WaitOptions, waitFor } from "../../lifecycle/waiting.ts";
import type { Watch } from "../../os/os.ts";
import { isOsError } from "../../os/os-error.ts";
import type { EventPattern } from "../../service/messaging-pattern.ts";
import type { EventListener } from "../../transport/event-listener.ts";
import type { PortEntry } from "../common/port-entry.ts";
import { ActivationQueue, type EventActivation } from "./activations.ts";
import { ListenerWaitError } from "./event-port-errors.ts";
import { type Rearmed, rearm } from "./rearm.ts";

export interface ListenerOptions {
  /** Up to 64 ASCII characters; need not be unique. */
  readonly name?: string | undefined;
}

/**
 * Is woken by the notifiers of its service.
 *
 * Notifications are counted, per event id, until they are taken: none is lost, however late a listener comes back.
 */
export interface Listener extends Disposable, AsyncIterable<EventActivation> {
  readonly id: bigint;
  readonly name: string;
  /** The longest time between two notifications that the service allows, in milliseconds; undefined: any. */
  readonly deadline: number | undefined;
  /**
   * A descriptor that is readable while there is something to take, for loops of others. Take everything when it is,
   * with `tryWait`; do not read from it.
   */
  readonly fd: number;
  readonly closed: boolean;
  /**
   * Takes what was notified, without waiting, in ascending order of the ids.
   *
   * @throws ListenerWaitError, ClosedError
   */
  tryWait(): EventActivation[];
  /**
   * Waits until something was notified and takes all of it.
   *
   * @returns nothing when the time is over, when the listener is closed meanwhile, and when SIGINT or SIGTERM comes.
   * @throws the signal's reason when it is aborted; AlreadyWaitingError, ListenerWaitError, ClosedError.
   */
  wait(options?: WaitOptions): Promise<EventActivation[]>;
  /**
   * As `wait`, but blocks the thread: for scripts and workers.
   *
   * @param timeout in milliseconds; without it there is no limit.
   * @throws ListenerWaitError `InterruptSignal` when a signal comes; AlreadyWaitingError, ClosedError.
   */
  waitSync(timeout?: number): EventActivation[];
  /**
   * One activation after the other. It ends when none comes within `timeout`, when the listener is closed, and when
   * SIGINT or SIGTERM comes. What a loop did not come to stays for the next one.
   *
   * @throws as `wait`.
   */
  events(options?: WaitOptions): AsyncIterableIterator<EventActivation>;
  /** As `events` without options. */
  [Symbol.asyncIterator](): AsyncIterableIterator<EventActivation>;
  /**
   * Waits for one event, however often it was notified.
   *
   * @param timeout in milliseconds.
   * @returns its id, or undefined as `wait` returns nothing. @throws as `wait`.
   */
  timedWaitOne(timeout: number): Promise<number | undefined>;
  /**
   * Waits until something was notified, and calls back with every id of it once.
   *
   * @param timeout in milliseconds. @throws as `wait`, and what the callback throws.
   */
  timedWaitAll(callback: (id: number) => void, timeout: number): Promise<void>;
  /** Lets a pending wait keep the process alive, as it does unless `unref` was called. */
  ref(): this;
  /** Lets the process end although something waits here. */
  unref(): this;
  /** Leaves the service; ends a pending wait. */
  close(): void;
}

/** How long a blocking wait sleeps before it looks again, see `rearm`; in milliseconds. */
const BLOCK_MAX = 1000;

export class ListenerPort implements Listener, NodeResource, Rearmed {
  readonly #service: ServiceState<EventPattern>;
  readonly #entry: PortEntry;
  readonly #channel: EventListener;
  readonly #queue: ActivationQueue = new ActivationQueue();
  readonly #waits: WaitScope;
  readonly #drain: (report: (id: number, count: number) => void) => void;
  /** Stays between two waits, so that who waits again and again does not register each time. */
  #watch: Watch | undefined;
  /** Of the pending wait. */
  #wake: (() => void) | undefined;
  /** The descriptor was readable since the channel was drained last. */
  #isRung = false;
  #looks = 0;

  constructor(service: ServiceState<EventPattern>, entry: PortEntry, channel: EventListener) {
    this.#service = service;
    this.#entry = entry;
    this.#channel = channel;
    this.#waits = new WaitScope(service.node.os, service.node.waits.signalMode, this.origin);
    this.#drain = (report) => channel.drain(report);
    service.node.adopt(this);
  }

  get id(): bigint {
    return this.#entry.id;
  }

  get name(): string {
    return this.#entry.name;
  }

  get deadline(): number | undefined {
    return this.#service.pattern.deadline?.value;
  }

  get fd(): number {
    this.#demandOpen();
    return this.#channel.fd;
  }

  get closed(): boolean {
    return this.#waits.isClosed;
  }

  /** Whether the descriptor tells everything: nothing was drained and not taken, and no bell is said to ring. */
  get isIdle(): boolean {
    return this.#queue.isEmpty && this.#channel.isIdle;
  }

  /** How often somebody looked what there is to take. */
  get looks(): number {
    return this.#looks;
  }

  /** For messages. */
  get origin(): string {
    return this.#entry.origin;
  }

  tryWait(): EventActivation[] {
    this.#demandOpen();
    this.#looks++;
    this.#fillQueue();
    return this.#queue.takeAll();
  }

  async wait(options: WaitOptions = {}): Promise<EventActivation[]> {
    this.#demandOpen();
    return (await this.#waitFor(() => this.#takeAll(), options)) ?? [];
  }

  waitSync(timeout: number = Number.POSITIVE_INFINITY): EventActivation[] {
    this.#demandOpen();
    demandTimeout(this.origin, timeout);
    const { signalMode } = this.#waits;
    if (signalMode !== "ignore" && terminationRequested()) throw this.#interrupted();
    const vacate = this.#waits.occupy();
    noteShortWait(signalMode);
    try {
      return this.#block(timeout);
    } finally {
      vacate();
    }
  }

  events(options: WaitOptions = {}): AsyncIterableIterator<EventActivation> {
    this.#demandOpen();
    return this.#events(options);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<EventActivation> {
    return this.events();
  }

  async timedWaitOne(timeout: number): Promise<number | undefined> {
    this.#demandOpen();
    demandTimeout(this.origin, timeout);
    return (await this.#waitFor(() => this.#takeOne(), { timeout }))?.id;
  }

  async timedWaitAll(callback: (id: number) => void, timeout: number): Promise<void> {
    demandTimeout(this.origin, timeout);
    for (const { id } of await this.wait({ timeout })) callback(id);
  }

  ref(): this {
    this.#waits.isRef = true;
    if (this.#wake !== undefined) this.#watch?.ref();
    return this;
  }

  unref(): this {
    this.#waits.isRef = false;
    this.#watch?.unref();
    return this;
  }

  /** Somebody noticed that there may be something to take. */
  wake(): void {
    this.#wake?.();
  }

  close(): void {
    if (this.closed) return;
    this.#waits.close();
    this.#stopWatching();
    this.#service.node.disown(this);
    this.#entry.deregister();
    this.#channel.remove();
    this.#entry.remove();
  }

  closeWithNode(): void {
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *#events(options: WaitOptions): AsyncIterableIterator<EventActivation> {
    for (;;) {
      const next = await this.#waitFor(() => this.#takeOne(), options);
      if (next === undefined) return;
      yield next;
    }
  }

  async #waitFor<T>(look: () => T | undefined, options: WaitOptions): Promise<T | undefined> {
    const vacate = this.#waits.occupy();
    try {
      const subscribe = (wake: () => void): (() => void) => this.subscribe(wake);
      const found = await waitFor(this.#waits, { look, subscribe }, options);
      return typeof found === "symbol" ? undefined : found;
    } finally {
      vacate();
    }
  }

  /** Calls back while there is something to take, until the returned function is called; for one at a time. */
  subscribe(wake: () => void): () => void {
    this.#wake = wake;
    this.#watch ??= this.#service.node.os.watch(this.#channel.fd, () => this.#onReadable());
    if (this.#waits.isRef) this.#watch.ref();
    else this.#watch.unref();
    const stopRearming = rearm(this);
    return () => {
      this.#wake = undefined;
      this.#watch?.unref();
      stopRearming();
    };
  }

  #onReadable(): void {
    this.#isRung = true;
    if (this.#wake === undefined) this.#stopWatching();
    else this.#wake();
  }

  #stopWatching(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  #takeAll(): EventActivation[] | undefined {
    this.#looks++;
    this.#fillQueue();
    return this.#queue.isEmpty ? undefined : this.#queue.takeAll();
  }

  #takeOne(): EventActivation | undefined {
    this.#looks++;
    if (this.#queue.isEmpty) this.#look();
    return this.#queue.takeOne();
  }

  /** Makes no system call where whoever notifies next will ring. */
  #look(): void {
    if (this.#isRung || !this.#channel.isIdle) this.#fillQueue();
  }

  #fillQueue(): void {
    this.#isRung = false;
    try {
      this.#queue.fill(this.#drain);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  #block(timeout: number): EventActivation[] {
    const { os } = this.#service.node;
    const start = os.monotonicTime();
    for (;;) {
      const found = this.#takeAll();
      if (found !== undefined) return found;
      const rest = timeout - Number(os.monotonicTime() - start) / 1e6;
      if (rest <= 0) return [];
      try {
        this.#isRung = os.waitReadable([this.#channel.fd], Math.min(rest, BLOCK_MAX));
      } catch (cause) {
        throw isOsError(cause, "EINTR") ? this.#interrupted(cause) : this.#failure(cause);
      }
    }
  }

  #failure(cause: unknown): ListenerWaitError {
    const { origin } = this;
    const message = `cannot wait for ${origin}: ${(cause as Error).message}`;
    return new ListenerWaitError("InternalFailure", origin, message, { cause });
  }

  #interrupted(cause?: unknown): ListenerWaitError {
    const { origin } = this;
    const message = `the wait for ${origin} was interrupted by a signal. Let the event loop turn, so that its handlers run.`;
    return new ListenerWaitError("InterruptSignal", origin, message, { cause });
  }

  #demandOpen(): void {
    if (this.closed) throw new ClosedError(this.origin);
  }
}
