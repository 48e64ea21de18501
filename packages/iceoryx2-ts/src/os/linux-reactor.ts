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
import process from "node:process";
import { adopt } from "./linux-descriptor.ts";
import { type Libc, libc } from "./linux-libc.ts";
import { PollHandle } from "./linux-uv.ts";
import type { Watch } from "./os.ts";
import { OsError } from "./os-error.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;

/** struct epoll_event: u32 events, 8 bytes of ours: i32 descriptor, i32 generation. Packed on x64 alone. */
const DATA_OFFSET = process.arch === "x64" ? 4 : 8;
const EVENT_SIZE = DATA_OFFSET + 8;
const GENERATION_OFFSET = DATA_OFFSET + 4;
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
  readonly #libc: Libc = libc();
  readonly #epoll: number;
  /** Without this reference the handle would end with the next garbage collection. */
  readonly #handle: PollHandle;
  readonly #registrations: Map<number, Registration> = new Map();
  readonly #events: Uint8Array = new Uint8Array(EVENTS_PER_TURN * EVENT_SIZE);
  readonly #eventFields: DataView = new DataView(this.#events.buffer);
  readonly #change: Uint8Array = new Uint8Array(EVENT_SIZE);
  readonly #changeFields: DataView = new DataView(this.#change.buffer);
  #generations = 0;
  #refs = 0;

  constructor() {
    const { epoll_create1, errno } = this.#libc;
    const epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) throw OsError.fromErrno(errno(), "epoll_create1", "the event loop");
    this.#epoll = adopt(epoll, "the event loop");
    this.#handle = new PollHandle(this.#epoll, () => this.#dispatch());
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
    // A failure means that the descriptor was closed elsewhere, which took it out of the set.
    this.#libc.epoll_ctl(this.#epoll, EPOLL_CTL_DEL, registration.fd, null);
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
    const { epoll_ctl, errno } = this.#libc;
    const existing = this.#registrations.get(fd);
    if (existing !== undefined) {
      // It fails if the descriptor was closed behind our back: the number means another file now.
      this.#prepareChange(existing);
      if (epoll_ctl(this.#epoll, EPOLL_CTL_MOD, fd, this.#change) === 0) return existing;
    }
    this.#generations = (this.#generations + 1) | 0;
    const registration: Registration = { fd, generation: this.#generations, watches: [] };
    this.#prepareChange(registration);
    if (epoll_ctl(this.#epoll, EPOLL_CTL_ADD, fd, this.#change) !== 0) {
      throw OsError.fromErrno(errno(), "epoll_ctl", `file descriptor ${fd}`);
    }
    this.#registrations.set(fd, registration);
    return registration;
  }

  #prepareChange({ fd, generation }: Registration): void {
    this.#changeFields.setUint32(0, EPOLLIN, true);
    this.#changeFields.setInt32(DATA_OFFSET, fd, true);
    this.#changeFields.setInt32(GENERATION_OFFSET, generation, true);
  }

  #dispatch(): void {
    const count = this.#libc.epoll_wait(this.#epoll, this.#events, EVENTS_PER_TURN, 0);
    for (let offset = 0; offset < count * EVENT_SIZE; offset += EVENT_SIZE) {
      const registration = this.#registrations.get(this.#eventFields.getInt32(offset + DATA_OFFSET, true));
      const generation = this.#eventFields.getInt32(offset + GENERATION_OFFSET, true);
      if (registration?.generation === generation) callBack(registration);
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
