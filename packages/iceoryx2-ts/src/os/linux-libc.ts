/**
 * The calls of the C library that Node does not offer. The only file that knows koffi.
 *
 * koffi is loaded by the first `Node.create`, not by importing this library.
 */
import { createRequire } from "node:module";

/** Only what is used of koffi, so that its own types do not have to compile in a user's project. */
export interface Koffi {
  load(path: null): KoffiLibrary;
  view(pointer: bigint, length: number): ArrayBuffer;
  errno(): number;
  proto(result: string, parameters: readonly string[]): KoffiType;
  pointer(type: KoffiType): KoffiType;
  /** Makes a function that C can call at any time. */
  register(callback: () => void, type: KoffiType): bigint;
  unregister(callback: bigint): void;
  readonly node: {
    readonly env: unknown;
    poll(fd: number, callback: () => void): KoffiPollHandle;
  };
}

interface KoffiLibrary {
  func(prototype: string): (...args: never[]) => unknown;
  func(
    name: string,
    result: string,
    parameters: readonly (string | KoffiType)[],
  ): (...args: unknown[]) => unknown;
}

export type KoffiType = object & { readonly brand: unique symbol };

export interface KoffiPollHandle {
  ref(): void;
  unref(): void;
  /** Nothing may be called any more afterwards. */
  close(): void;
}

export interface Libc {
  mmap(
    address: bigint | null,
    length: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ): bigint;
  munmap(address: bigint, length: number): number;
  fallocate(fd: number, mode: number, offset: number, length: number): number;
  fcntl(fd: number, command: number, argument: Uint8Array): number;
  sched_yield(): number;
  close(fd: number): number;
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Uint8Array, addressLength: number): number;
  connect(fd: number, address: Uint8Array, addressLength: number): number;
  setsockopt(fd: number, level: number, option: number, value: Uint8Array, length: number): number;
  send(fd: number, content: Uint8Array, length: number, flags: number): number;
  recv(fd: number, into: Uint8Array, length: number, flags: number): number;
  poll(descriptors: Uint8Array, count: number, timeout: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: Uint8Array | null): number;
  epoll_wait(epoll: number, events: Uint8Array, count: number, timeout: number): number;
  pidfd_open(pid: number): number;
  dup3(fd: number, target: number, flags: number): number;
  errno(): number;
  view(pointer: bigint, length: number): ArrayBuffer;
}

/** The same on all processors; older C libraries have no function for it. */
const SYS_PIDFD_OPEN = 434;

let loaded: Libc | undefined;

export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

export function koffi(): Koffi {
  return createRequire(import.meta.url)("koffi") as Koffi;
}

function load(): Libc {
  const { errno, load, view } = koffi();
  const self = load(null);
  const fcntl = self.func("int fcntl(int fd, int command, ...)") as unknown as (
    fd: number,
    command: number,
    type: string,
    argument: Uint8Array,
  ) => number;
  const syscall = self.func("long syscall(long number, ...)") as unknown as (
    number: number,
    ...typesAndValues: readonly (string | number)[]
  ) => number;
  return {
    mmap: self.func(
      "uint64_t mmap(uint64_t address, size_t length, int protection, int flags, int fd, int64_t offset)",
    ) as never,
    munmap: self.func("int munmap(uint64_t address, size_t length)") as never,
    fallocate: self.func("int fallocate(int fd, int mode, int64_t offset, int64_t length)") as never,
    fcntl: (fd, command, argument) => fcntl(fd, command, "void *", argument),
    close: self.func("int close(int fd)") as never,
    socket: self.func("int socket(int domain, int type, int protocol)") as never,
    bind: self.func("int bind(int fd, void *address, uint32_t addressLength)") as never,
    connect: self.func("int connect(int fd, void *address, uint32_t addressLength)") as never,
    setsockopt: self.func(
      "int setsockopt(int fd, int level, int option, void *value, uint32_t length)",
    ) as never,
    send: self.func("int64_t send(int fd, void *content, size_t length, int flags)") as never,
    recv: self.func("int64_t recv(int fd, void *into, size_t length, int flags)") as never,
    poll: self.func("int poll(void *descriptors, unsigned long count, int timeout)") as never,
    epoll_create1: self.func("int epoll_create1(int flags)") as never,
    epoll_ctl: self.func("int epoll_ctl(int epoll, int operation, int fd, void *event)") as never,
    epoll_wait: self.func("int epoll_wait(int epoll, void *events, int count, int timeout)") as never,
    pidfd_open: (pid) => syscall(SYS_PIDFD_OPEN, "int", pid, "unsigned int", 0),
    dup3: self.func("int dup3(int fd, int target, int flags)") as never,
    sched_yield: self.func("int sched_yield()") as never,
    errno,
    view,
  };
}
