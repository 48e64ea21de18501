/** Descriptors that Node.js did not open itself. */
import { closeSync, openSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { libc } from "./linux-libc.ts";
import { callNode, OsError } from "./os-error.ts";

const O_CLOEXEC = 0o2000000;

/**
 * Makes a descriptor that Node.js did not open its own. In a worker thread it closes what the thread opened when the
 * thread is terminated, and warns about closing what it did not open: so the file takes the place of one that it did.
 *
 * @throws OsError, and the descriptor is closed then.
 */
export function adopt(fd: number, subject: string): number {
  if (isMainThread) return fd;
  const { close, dup3, errno } = libc();
  try {
    const place = callNode("open", subject, () => openSync("/dev/null", "r"));
    if (dup3(fd, place, O_CLOEXEC) === place) return place;
    const error = OsError.fromErrno(errno(), "dup3", subject);
    closeSync(place);
    throw error;
  } finally {
    close(fd);
  }
}
