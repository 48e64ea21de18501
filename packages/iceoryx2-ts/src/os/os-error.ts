import { constants } from "node:os";
import { Iox2Error } from "../base/iox2-error.ts";

/** The name of an errno, such as "ENOENT". */
export type ErrnoName = `E${string}`;

const names: ReadonlyMap<number, ErrnoName> = new Map(
  // EWOULDBLOCK and EAGAIN, ENOTSUP and EOPNOTSUPP are one number each: the first, better known name wins.
  Object.entries(constants.errno)
    .filter(([name]) => name !== "EWOULDBLOCK" && name !== "EOPNOTSUPP")
    .map(([name, value]) => [value, name as ErrnoName]),
);

/** A system call failed. `code` is the name of the errno. */
export class OsError extends Iox2Error<ErrnoName> {
  static override readonly className: string = "OsError";
  readonly syscall: string;

  constructor(code: ErrnoName, syscall: string, subject: string, options?: ErrorOptions) {
    super(code, subject, `${syscall} failed on ${subject}: ${code}`, options);
    this.syscall = syscall;
  }

  static fromErrno(errno: number, syscall: string, subject: string): OsError {
    return new OsError(names.get(errno) ?? "EUNKNOWN", syscall, subject);
  }
}

/** Whether `error` is an `OsError` with one of these codes. */
export function isOsError(error: unknown, ...codes: readonly ErrnoName[]): error is OsError {
  return error instanceof OsError && (codes.length === 0 || codes.includes(error.code));
}

/** Runs a call of Node's and turns its error into ours. */
export function callNode<T>(syscall: string, subject: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).errno;
    if (typeof errno !== "number") throw error;
    throw OsError.fromErrno(Math.abs(errno), syscall, subject);
  }
}
