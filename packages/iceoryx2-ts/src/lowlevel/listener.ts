import type { WaitOptions } from "../lifecycle/waiting.ts";
import { hostOs } from "../os/host.ts";
import type { EventActivation } from "../port/event/activations.ts";
import type { Listener as EventListener } from "../port/event/listener.ts";
import { Home, type PortOptions } from "./home.ts";
import type { EventServiceConfig } from "./settings.ts";

export interface WaitEventOptions extends WaitOptions {
  /** Called before the first look and again after each period without the event: to ask the other side once more. */
  readonly retry?: (() => void) | undefined;
  /** In milliseconds; 1000 by default. */
  readonly retryPeriod?: number | undefined;
}

const RETRY_PERIOD = 1000;

/** In milliseconds. */
const now = (): number => Number(hostOs().monotonicTime()) / 1e6;

/** Waits for the notifiers of an event service, without blocking the event loop. */
export class Listener implements Disposable {
  readonly name: string;
  readonly #home: Home;
  readonly #port: EventListener;
  /** Ids that were notified and that nobody waited for yet. */
  readonly #waiting: Set<number> = new Set();

  private constructor(name: string, home: Home, port: EventListener) {
    this.name = name;
    this.#home = home;
    this.#port = port;
  }

  /**
   * @param name of the service, which is created if there is none, else opened; every setting that is given is
   *   demanded then.
   * @throws EventOpenOrCreateError, ListenerCreateError, NodeCreationFailure, InvalidNameError; nothing is left behind
   *   then.
   */
  static create(name: string, config: EventServiceConfig = {}, options: PortOptions = {}): Listener {
    const home = new Home(options);
    const port = home.furnish((node) => {
      using service = node.service(name).event().openOrCreate(config);
      return service.listener();
    });
    return new Listener(name, home, port);
  }

  get closed(): boolean {
    return this.#port.closed;
  }

  /**
   * Waits for one event, however often it was notified.
   *
   * @param timeout in milliseconds.
   * @returns its id, the lowest of those that wait; undefined when the time is over, when the listener is closed and
   *   when SIGINT or SIGTERM comes. @throws ListenerWaitError, AlreadyWaitingError, ClosedError
   */
  async timedWaitOne(timeout: number): Promise<number | undefined> {
    const found = await this.#wait(() => true, { timeout });
    for (const id of found.slice(1)) this.#waiting.add(id);
    return found[0];
  }

  /**
   * Waits until something was notified.
   *
   * @param timeout in milliseconds.
   * @returns the ids, ascending, each once; none as `timedWaitOne` returns undefined. @throws as `timedWaitOne`.
   */
  async timedWaitAll(timeout: number): Promise<number[]> {
    return this.#wait(() => true, { timeout });
  }

  /**
   * Waits for a certain event. Others stay for later calls.
   *
   * @returns whether it came; false as `timedWaitOne` returns undefined.
   * @throws as `timedWaitOne`, the signal's reason when it is aborted, and what `retry` throws.
   */
  async waitEvent(eventId: number, options: WaitEventOptions = {}): Promise<boolean> {
    return (await this.waitEvents([eventId], options)).length > 0;
  }

  /**
   * Waits for any of certain events. Others stay for later calls.
   *
   * @returns those that came, ascending, each once; none as `timedWaitOne` returns undefined.
   * @throws as `waitEvent`.
   */
  async waitEvents(eventIds: readonly number[], options: WaitEventOptions = {}): Promise<number[]> {
    const { retry, retryPeriod = RETRY_PERIOD, timeout = Number.POSITIVE_INFINITY, signal } = options;
    const wanted = new Set(eventIds);
    const period = retry === undefined ? Number.POSITIVE_INFINITY : retryPeriod;
    const end = now() + timeout;
    for (;;) {
      retry?.();
      const rest = end - now();
      const found = await this.#wait((id) => wanted.has(id), { timeout: Math.min(rest, period), signal });
      if (found.length > 0 || rest <= period || this.closed) return found;
      // SIGINT and SIGTERM end every wait from now on.
      if (!(await this.#home.node.wait(0)) || this.closed) return found;
    }
  }

  close(): void {
    this.#port.close();
    this.#home.leave();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Takes the ids that are wanted, ascending; none when the time is over or the port was closed. */
  async #wait(isWanted: (id: number) => boolean, { timeout, signal }: WaitOptions): Promise<number[]> {
    const end = now() + (timeout ?? Number.POSITIVE_INFINITY);
    this.#note(this.#port.tryWait());
    for (;;) {
      const found = [...this.#waiting].filter(isWanted).sort((a, b) => a - b);
      for (const id of found) this.#waiting.delete(id);
      if (found.length > 0) return found;
      const rest = Math.max(end - now(), 0);
      const activations = await this.#port.wait({
        timeout: rest === Number.POSITIVE_INFINITY ? undefined : rest,
        signal,
      });
      if (activations.length === 0) return [];
      this.#note(activations);
    }
  }

  #note(activations: readonly EventActivation[]): void {
    for (const { id } of activations) this.#waiting.add(id);
  }
}
