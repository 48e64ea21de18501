/**
 * Everything that this library asks of the operating system, behind one interface.
 *
 * The names are POSIX's. Whatever fails throws an `OsError` with the name of the errno as its code; nothing is
 * retried and nothing is logged here. The interface is synchronous: each call takes microseconds.
 */

/** Permission bits and kind of a file, as far as the protocol looks at them. */
export interface FileStatus {
  readonly kind: "file" | "directory" | "socket" | "other";
  /** The permission bits, such as 0o600. */
  readonly mode: number;
  /** In bytes. */
  readonly size: number;
  /** 0: the file is open somewhere, but has no name any more. */
  readonly linkCount: number;
  /** Tells a file from another one that got the same name. */
  readonly inode: bigint;
}

export type OpenMode = "readOnly" | "writeOnly" | "readWrite";

/** A mapped region of shared memory. The mapping outlives its descriptor. */
export interface Mapping {
  /** As long as the mapping rounded up to whole pages, zero beyond the end of the file. */
  readonly buffer: ArrayBuffer;
  /** The length that was asked for, in bytes. */
  readonly length: number;
  readonly writable: boolean;
  /**
   * Gives the memory back at once. Views that still exist stay safe to touch: they show private zeros, and the
   * address range is kept until the last of them is collected.
   */
  unmap(): void;
}

/** A descriptor that is being watched. It keeps the process alive unless `unref` says otherwise. */
export interface Watch {
  /** No more calls from now on, not even for what is readable already. Stopping twice is allowed. */
  stop(): void;
  ref(): void;
  unref(): void;
}

/** Descriptors, several of which may be readable at a time. */
export interface DescriptorSet {
  /** Readable while one of them is: it can be watched and waited for like any other. */
  readonly fd: number;
  /** How many the system allows this user. */
  readonly capacity: number;
  /** @throws OsError `EEXIST`, `EPERM` for what cannot be waited for, `EBADF`, `ENOSPC` beyond the capacity. */
  add(fd: number): void;
  /** One that is closed is out of it already, and the number may mean another one. */
  remove(fd: number): void;
  /** Those that are readable now, without waiting; of very many some at a time. */
  readable(): number[];
  /** To be called once. */
  close(): void;
}

export interface Os {
  /** The process id as this process sees it. */
  readonly pid: number;
  /** The process id outside of all pid namespaces: the one that goes into unique ids. */
  readonly hostPid: number;
  /** Whether a process of that id, as this process sees ids, exists; one that ended but was not waited for does. */
  isProcessAlive(pid: number): boolean;
  /** The base name of the running executable. */
  readonly executableName: string;
  /** The home directory of the user in the password database; `$HOME` plays no role. */
  readonly homeDirectory: string;

  /** CLOCK_MONOTONIC in nanoseconds. */
  monotonicTime(): bigint;
  /** Blocks the thread, in milliseconds; fractions are allowed. */
  sleep(milliseconds: number): void;
  /** Lets another thread run on this processor. */
  yieldProcessor(): void;

  open(path: string, mode: OpenMode): number;
  /** Creates a file that must not exist yet and opens it for reading and writing; umask plays no role. */
  createExclusive(path: string, permissions: number): number;
  /** Does not fail: whatever the kernel reports, the descriptor is gone. */
  close(fd: number): void;
  /** Up to `length` bytes from the start. */
  read(fd: number, length: number): Uint8Array;
  /** The whole content, from the start. @throws OsError `EFBIG` above 64 MiB. */
  readAll(fd: number): Uint8Array;
  /** Writes everything, at the start of the file. */
  writeAll(fd: number, content: Uint8Array): void;
  fstat(fd: number): FileStatus;
  /** Follows no symbolic link. */
  lstat(path: string): FileStatus;
  fchmod(fd: number, permissions: number): void;
  ftruncate(fd: number, size: number): void;
  /** Reserves real memory or disk space for a range, so that touching it later cannot fail. */
  fallocate(fd: number, offset: number, length: number): void;
  unlink(path: string): void;
  mkdir(path: string, permissions: number): void;
  rmdir(path: string): void;
  readdir(path: string): string[];

  /** Opens a shared memory object; the name has no leading slash. */
  shmOpen(name: string, mode: OpenMode): number;
  /** As `createExclusive`, for a shared memory object. */
  shmCreateExclusive(name: string, permissions: number): number;
  shmUnlink(name: string): void;
  /** As `lstat`, for a shared memory object. */
  shmStatus(name: string): FileStatus;
  /** The names of all shared memory objects of the machine. */
  shmList(): string[];
  /** @throws OsError `EOVERFLOW` where the JavaScript engine has no view of that length. */
  map(fd: number, length: number, writable: boolean): Mapping;

  /**
   * Binds a non-blocking unix datagram socket, to which only its user can send.
   *
   * @throws OsError `EADDRINUSE` if something has that path already, `ENAMETOOLONG` for a path that no socket address
   *   holds (more than 107 bytes).
   */
  bindDatagram(path: string): number;
  /**
   * A non-blocking datagram socket that sends to whoever has `path` bound now.
   *
   * @throws OsError `ENOENT` if there is no such file, `ECONNREFUSED` if nobody has it bound any more, `ENAMETOOLONG`.
   */
  connectDatagram(path: string): number;
  /**
   * Sends one datagram over a connected socket without waiting.
   *
   * @throws OsError `EAGAIN` if the receiver's buffer is full, `ECONNREFUSED` if it is closed.
   */
  send(fd: number, content: Uint8Array): void;
  /**
   * Takes one datagram without waiting; what does not fit into `into` is lost.
   *
   * @returns its length, or -1 if none waits.
   */
  receive(fd: number, into: Uint8Array): number;
  /**
   * Blocks the thread until one of the descriptors is readable.
   *
   * @param timeout in milliseconds; fractions round up, Infinity is allowed.
   * @returns whether one is.
   * @throws OsError `EINTR` when a signal came, `EBADF`.
   */
  waitReadable(fds: readonly number[], timeout: number): boolean;
  /**
   * Calls back from the event loop as long as the descriptor is readable, so take what is there or stop. Closing the
   * descriptor by `close` stops its watches. What a callback throws becomes an uncaught exception.
   *
   * @throws OsError `EPERM` for what cannot be waited for, such as a file on disk, `EBADF`.
   */
  watch(fd: number, onReadable: () => void): Watch;
  /** An empty set. @throws OsError `EMFILE`, `ENOMEM` ... */
  openDescriptorSet(): DescriptorSet;
  /**
   * A descriptor that becomes readable when the process ends.
   *
   * @throws OsError `ESRCH` if there is no such process, `ENOSYS` or `EPERM` where the system does not offer it.
   */
  openProcess(pid: number): number;

  /**
   * Takes an exclusive open-file-description lock on the whole file without waiting.
   * @returns false if somebody else holds a lock, of either kind.
   */
  tryLock(fd: number): boolean;
  /** Whether somebody else holds a lock of either kind on the file. */
  isLocked(fd: number): boolean;
}
