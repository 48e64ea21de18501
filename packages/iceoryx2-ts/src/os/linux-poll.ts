/** Blocking the thread until a descriptor is readable. */
import process from "node:process";
import { libc } from "./linux-libc.ts";
import { OsError } from "./os-error.ts";

/** struct pollfd: i32 descriptor, i16 events, i16 what happened. */
const ENTRY_SIZE = 8;
const EVENTS_OFFSET = 4;
const HAPPENED_OFFSET = 6;
const POLLIN = 1;
const POLLNVAL = 0x20;

/** The kernel takes 31 bits; longer times are made of several calls. */
const SLICE_MAX = 2 ** 31 - 1;

export function waitReadable(fds: readonly number[], timeout: number): boolean {
  const entries = new DataView(new ArrayBuffer(fds.length * ENTRY_SIZE));
  fds.forEach((fd, index) => {
    entries.setInt32(index * ENTRY_SIZE, fd, true);
    entries.setInt16(index * ENTRY_SIZE + EVENTS_OFFSET, POLLIN, true);
  });
  const { poll, errno } = libc();
  const bytes = new Uint8Array(entries.buffer);
  const deadline = now() + timeout;
  for (let rest = timeout; ; rest = deadline - now()) {
    const slice = rest === Number.POSITIVE_INFINITY ? -1 : Math.min(Math.max(Math.ceil(rest), 0), SLICE_MAX);
    const count = poll(bytes, fds.length, slice);
    if (count < 0) throw OsError.fromErrno(errno(), "poll", describe(fds));
    if (count > 0) break;
    if (slice < SLICE_MAX) return false;
  }
  for (let index = 0; index < fds.length; index++) {
    const happened = entries.getInt16(index * ENTRY_SIZE + HAPPENED_OFFSET, true);
    if ((happened & POLLNVAL) !== 0) throw new OsError("EBADF", "poll", describe([fds[index]!]));
  }
  return true;
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function describe(fds: readonly number[]): string {
  return `file descriptor ${fds.join(", ")}`;
}
