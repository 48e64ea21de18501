/** An epoll descriptor and what is in it. Level-triggered: what is readable is reported until it is not any more. */
import process from "node:process";
import { adopt } from "./linux-descriptor.ts";
import { type Libc, libc } from "./linux-libc.ts";
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

export class Epoll {
  readonly fd: number;
  readonly #libc: Libc = libc();
  readonly #events: Uint8Array;
  readonly #eventFields: DataView;
  readonly #eventsMax: number;
  readonly #change: Uint8Array = new Uint8Array(EVENT_SIZE);
  readonly #changeFields: DataView = new DataView(this.#change.buffer);

  /**
   * @param eventsMax how many descriptors `collect` finds at most; the others are the first ones next time.
   * @throws OsError
   */
  constructor(eventsMax: number) {
    const { epoll_create1, errno } = this.#libc;
    this.#eventsMax = eventsMax;
    this.#events = new Uint8Array(eventsMax * EVENT_SIZE);
    this.#eventFields = new DataView(this.#events.buffer);
    const fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd < 0) throw OsError.fromErrno(errno(), "epoll_create1", "a set of descriptors");
    this.fd = adopt(fd, "a set of descriptors");
  }

  /** @throws OsError `EEXIST`, `EPERM` for what cannot be waited for, `EBADF`, `ENOSPC`. */
  add(fd: number, generation: number): void {
    if (this.#control(EPOLL_CTL_ADD, fd, generation)) return;
    throw OsError.fromErrno(this.#libc.errno(), "epoll_ctl", `file descriptor ${fd}`);
  }

  /** @returns false if it is not in the set: closing a descriptor takes it out. */
  change(fd: number, generation: number): boolean {
    return this.#control(EPOLL_CTL_MOD, fd, generation);
  }

  remove(fd: number): void {
    this.#libc.epoll_ctl(this.fd, EPOLL_CTL_DEL, fd, null);
  }

  /** Looks what is readable, without waiting. @returns how many descriptors; `fdAt` and `generationAt` tell which. */
  collect(): number {
    return Math.max(this.#libc.epoll_wait(this.fd, this.#events, this.#eventsMax, 0), 0);
  }

  fdAt(index: number): number {
    return this.#eventFields.getInt32(index * EVENT_SIZE + DATA_OFFSET, true);
  }

  generationAt(index: number): number {
    return this.#eventFields.getInt32(index * EVENT_SIZE + GENERATION_OFFSET, true);
  }

  #control(operation: number, fd: number, generation: number): boolean {
    this.#changeFields.setUint32(0, EPOLLIN, true);
    this.#changeFields.setInt32(DATA_OFFSET, fd, true);
    this.#changeFields.setInt32(GENERATION_OFFSET, generation, true);
    return this.#libc.epoll_ctl(this.fd, operation, fd, this.#change) === 0;
  }
}
