/** The operating system interface on Linux. */
import fs from "node:fs";
import { constants as osConstants, userInfo } from "node:os";
import path from "node:path";
import process from "node:process";
import { bindDatagram, connectDatagram, receive, send } from "./linux-datagram.ts";
import { adopt } from "./linux-descriptor.ts";
import { LinuxDescriptorSet } from "./linux-descriptor-set.ts";
import { libc } from "./linux-libc.ts";
import { LinuxMapping } from "./linux-mapping.ts";
import { waitReadable } from "./linux-poll.ts";
import { forgetWatches, watch } from "./linux-reactor.ts";
import type { DescriptorSet, FileStatus, Mapping, OpenMode, Os, Watch } from "./os.ts";
import { callNode, isOsError, OsError } from "./os-error.ts";

const SHARED_MEMORY_DIRECTORY = "/dev/shm";
const CONTENT_SIZE_MAX = 64 * 1024 * 1024;

// Somebody may have put a pipe in the place of a file; opening it must not wait for its other end.
const OPEN_FLAGS: Readonly<Record<OpenMode, number>> = {
  readOnly: fs.constants.O_RDONLY | fs.constants.O_NONBLOCK,
  writeOnly: fs.constants.O_WRONLY | fs.constants.O_NONBLOCK,
  readWrite: fs.constants.O_RDWR | fs.constants.O_NONBLOCK,
};
const CREATE_FLAGS = fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL;

/** struct flock of 64-bit Linux: i16 type, i16 whence, i64 start @8, i64 length @16, i32 pid @24. */
const FLOCK_SIZE = 32;
const F_WRLCK = 1;
const F_UNLCK = 2;
const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;

export class LinuxOs implements Os {
  readonly pid: number = process.pid;
  readonly hostPid: number = readHostPid();
  readonly executableName: string = path.basename(process.execPath);

  get homeDirectory(): string {
    return userInfo().homedir;
  }

  isProcessAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "ESRCH";
    }
  }

  monotonicTime(): bigint {
    return process.hrtime.bigint();
  }

  sleep(milliseconds: number): void {
    if (milliseconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  }

  yieldProcessor(): void {
    libc().sched_yield();
  }

  open(file: string, mode: OpenMode): number {
    return callNode("open", file, () => fs.openSync(file, OPEN_FLAGS[mode]));
  }

  createExclusive(file: string, permissions: number): number {
    const fd = callNode("open", file, () => fs.openSync(file, CREATE_FLAGS, permissions));
    try {
      this.fchmod(fd, permissions);
    } catch (error) {
      fs.closeSync(fd);
      fs.unlinkSync(file);
      throw error;
    }
    return fd;
  }

  close(fd: number): void {
    forgetWatches(fd);
    try {
      callNode("close", describe(fd), () => fs.closeSync(fd));
    } catch (error) {
      // Closing what is not open is a defect of ours, and may hit somebody else's descriptor next time.
      if (isOsError(error, "EBADF")) throw error;
    }
  }

  read(fd: number, length: number): Uint8Array {
    const content = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = callNode("read", describe(fd), () => fs.readSync(fd, content, done, length - done, done));
      if (count === 0) break;
      done += count;
    }
    return content.subarray(0, done);
  }

  readAll(fd: number): Uint8Array {
    const { size } = this.fstat(fd);
    if (size > CONTENT_SIZE_MAX) throw new OsError("EFBIG", "read", describe(fd));
    return this.read(fd, size);
  }

  writeAll(fd: number, content: Uint8Array): void {
    let length = 0;
    while (length < content.length) {
      length += callNode("write", describe(fd), () =>
        fs.writeSync(fd, content, length, content.length - length, length),
      );
    }
  }

  fstat(fd: number): FileStatus {
    return toFileStatus(callNode("fstat", describe(fd), () => fs.fstatSync(fd, { bigint: true })));
  }

  lstat(file: string): FileStatus {
    return toFileStatus(callNode("lstat", file, () => fs.lstatSync(file, { bigint: true })));
  }

  fchmod(fd: number, permissions: number): void {
    callNode("fchmod", describe(fd), () => fs.fchmodSync(fd, permissions));
  }

  ftruncate(fd: number, size: number): void {
    callNode("ftruncate", describe(fd), () => fs.ftruncateSync(fd, size));
  }

  fallocate(fd: number, offset: number, length: number): void {
    const { fallocate, errno } = libc();
    // The kernel interrupts it when a signal arrives; what it reserved so far stays.
    while (fallocate(fd, 0, offset, length) !== 0) {
      const reason = errno();
      if (reason !== osConstants.errno.EINTR) throw OsError.fromErrno(reason, "fallocate", describe(fd));
    }
  }

  unlink(file: string): void {
    callNode("unlink", file, () => fs.unlinkSync(file));
  }

  mkdir(directory: string, permissions: number): void {
    callNode("mkdir", directory, () => {
      fs.mkdirSync(directory, permissions);
      fs.chmodSync(directory, permissions);
    });
  }

  rmdir(directory: string): void {
    callNode("rmdir", directory, () => fs.rmdirSync(directory));
  }

  readdir(directory: string): string[] {
    return callNode("readdir", directory, () => fs.readdirSync(directory));
  }

  shmOpen(name: string, mode: OpenMode): number {
    const file = sharedMemoryPath(name);
    return callNode("shm_open", file, () => fs.openSync(file, OPEN_FLAGS[mode] | fs.constants.O_NOFOLLOW));
  }

  shmCreateExclusive(name: string, permissions: number): number {
    return this.createExclusive(sharedMemoryPath(name), permissions);
  }

  shmUnlink(name: string): void {
    const file = sharedMemoryPath(name);
    callNode("shm_unlink", file, () => fs.unlinkSync(file));
  }

  shmStatus(name: string): FileStatus {
    return this.lstat(sharedMemoryPath(name));
  }

  shmList(): string[] {
    return this.readdir(SHARED_MEMORY_DIRECTORY);
  }

  map(fd: number, length: number, writable: boolean): Mapping {
    return new LinuxMapping(fd, length, writable, describe(fd));
  }

  bindDatagram(socket: string): number {
    return bindDatagram(socket);
  }

  connectDatagram(socket: string): number {
    return connectDatagram(socket);
  }

  send(fd: number, content: Uint8Array): void {
    send(fd, content);
  }

  receive(fd: number, into: Uint8Array): number {
    return receive(fd, into);
  }

  waitReadable(fds: readonly number[], timeout: number): boolean {
    return waitReadable(fds, timeout);
  }

  watch(fd: number, onReadable: () => void): Watch {
    return watch(fd, onReadable);
  }

  openDescriptorSet(): DescriptorSet {
    return new LinuxDescriptorSet();
  }

  openProcess(pid: number): number {
    const { pidfd_open, errno } = libc();
    const fd = pidfd_open(pid);
    if (fd < 0) throw OsError.fromErrno(errno(), "pidfd_open", `process ${pid}`);
    return adopt(fd, `process ${pid}`);
  }

  tryLock(fd: number): boolean {
    const { fcntl, errno } = libc();
    if (fcntl(fd, F_OFD_SETLK, wholeFileWriteLock()) === 0) return true;
    const reason = errno();
    const { EAGAIN, EACCES } = osConstants.errno;
    if (reason === EAGAIN || reason === EACCES) return false;
    throw OsError.fromErrno(reason, "fcntl(F_OFD_SETLK)", describe(fd));
  }

  isLocked(fd: number): boolean {
    const { fcntl, errno } = libc();
    const lock = wholeFileWriteLock();
    if (fcntl(fd, F_OFD_GETLK, lock) !== 0) {
      throw OsError.fromErrno(errno(), "fcntl(F_OFD_GETLK)", describe(fd));
    }
    return new DataView(lock.buffer).getInt16(0, true) !== F_UNLCK;
  }
}

function wholeFileWriteLock(): Uint8Array<ArrayBuffer> {
  const lock = new Uint8Array(FLOCK_SIZE);
  new DataView(lock.buffer).setInt16(0, F_WRLCK, true);
  return lock;
}

function sharedMemoryPath(name: string): string {
  return `${SHARED_MEMORY_DIRECTORY}/${name}`;
}

function describe(fd: number): string {
  return `file descriptor ${fd}`;
}

function toFileStatus(stats: fs.BigIntStats): FileStatus {
  const kind = stats.isFile()
    ? "file"
    : stats.isDirectory()
      ? "directory"
      : stats.isSocket()
        ? "socket"
        : "other";
  return {
    kind,
    mode: Number(stats.mode & 0o777n),
    size: Number(stats.size),
    linkCount: Number(stats.nlink),
    inode: stats.ino,
  };
}

/** The first number after `NSpid:`; other processes know this one by it, whatever their namespace. */
function readHostPid(): number {
  const status = fs.readFileSync("/proc/self/status", "latin1");
  const match = /^NSpid:\s+(\d+)/m.exec(status);
  return match === null ? process.pid : Number(match[1]);
}
