/**
 * Waiting for descriptors on the event loop: one epoll descriptor per thread, watched by one handle of libuv.
 *
 * ```text
 *   event loop --- one handle ---> epoll descriptor ---+--- socket of a listener
 *                                                      +--- socket of another one
 *                                                      +--- a process that may die
 * ```
 *
 * A handle of libuv for each would work as well, but the one call that makes them aborts the process for what cannot
 * be polled; epoll_ctl reports it. The handle stays for good, and keeps the process alive only while somebody watches.
 */
import { Epoll } from "./linux-epoll.ts";
import { PollHandle } from "./linux-uv.ts";
import type { Watch } from "./os.ts";

/** How many events one turn of the event loop takes; the others come in the next one. */
const EVENTS_PER_TURN = 64;

/** A descriptor in the epoll set. */
interface Registration {
  readonly fd: number;
  /** Tells it from an earlier one of the same number, which events that were fetched already may mean. */
  readonly generation: number;
  /** Replaced, never changed: whoever iterates has a snapshot. */
  watches: readonly ReactorWatch[];
}

class ReactorWatch implements Watch {
  readonly registration: Registration;
  readonly onReadable: () => void;
  readonly #reactor: Reactor;
  isActive = true;
  #isRef = true;

  constructor(reactor: Reactor, registration: Registration, onReadable: () => void) {
    this.#reactor = reactor;
    this.registration = registration;
    this.onReadable = onReadable;
    reactor.countRef(1);
  }

  stop(): void {
    if (!this.isActive) return;
    this.unref();
    this.isActive = false;
    this.#reactor.remove(this);
  }

  ref(): void {
    if (this.#isRef || !this.isActive) return;
    this.#isRef = true;
    this.#reactor.countRef(1);
  }

  unref(): void {
    if (!this.#isRef || !this.isActive) return;
    this.#isRef = false;
    this.#reactor.countRef(-1);
  }
}

class Reactor {
  readonly #epoll: Epoll = new Epoll(EVENTS_PER_TURN);
  /** Without this reference the handle would end with the next garbage collection. */
  readonly #handle: PollHandle = new PollHandle(this.#epoll.fd, () => this.#dispatch());
  readonly #registrations: Map<number, Registration> = new Map();
  #generations = 0;
  #refs = 0;

  constructor() {
    this.#handle.unref();
  }

  watch(fd: number, onReadable: () => void): Watch {
    const registration = this.#register(fd);
    const watch = new ReactorWatch(this, registration, onReadable);
    registration.watches = [...registration.watches, watch];
    return watch;
  }

  remove(watch: ReactorWatch): void {
    const { registration } = watch;
    registration.watches = registration.watches.filter((other) => other !== watch);
    if (registration.watches.length > 0 || this.#registrations.get(registration.fd) !== registration) return;
    this.#registrations.delete(registration.fd);
    this.#epoll.remove(registration.fd);
  }

  /** Stops all watches of a descriptor. */
  forget(fd: number): void {
    for (const watch of this.#registrations.get(fd)?.watches ?? []) watch.stop();
  }

  countRef(difference: 1 | -1): void {
    const before = this.#refs;
    this.#refs += difference;
    if (before === 0) this.#handle.ref();
    else if (this.#refs === 0) this.#handle.unref();
  }

  #register(fd: number): Registration {
    const existing = this.#registrations.get(fd);
    // It fails if the descriptor was closed behind our back: the number means another file now.
    if (existing !== undefined && this.#epoll.change(fd, existing.generation)) return existing;
    this.#generations = (this.#generations + 1) | 0;
    this.#epoll.add(fd, this.#generations);
    const registration: Registration = { fd, generation: this.#generations, watches: [] };
    this.#registrations.set(fd, registration);
    return registration;
  }

  #dispatch(): void {
    const count = this.#epoll.collect();
    for (let index = 0; index < count; index++) {
      const registration = this.#registrations.get(this.#epoll.fdAt(index));
      if (registration?.generation === this.#epoll.generationAt(index)) callBack(registration);
    }
    // Node.js 26 runs microtasks only after callbacks of its own: this one makes promises go on in the same turn.
    setImmediate(doNothing);
  }
}

function callBack({ watches }: Registration): void {
  for (const watch of watches) {
    if (!watch.isActive) continue;
    try {
      watch.onReadable();
    } catch (error) {
      // Thrown from here it would surface late and keep other callbacks from running.
      setImmediate(rethrow, error);
    }
  }
}

function rethrow(error: unknown): void {
  throw error;
}

function doNothing(): void {}

let reactor: Reactor | undefined;

/** @throws OsError */
export function watch(fd: number, onReadable: () => void): Watch {
  reactor ??= new Reactor();
  return reactor.watch(fd, onReadable);
}

/** To be called before a descriptor is closed. */
export function forgetWatches(fd: number): void {
  reactor?.forget(fd);
}
