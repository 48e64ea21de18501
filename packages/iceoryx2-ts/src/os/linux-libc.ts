/**
 * The calls of the C library that Node does not offer. The only file that knows koffi.
 *
 * koffi is loaded by the first `Node.create`, not by importing this library.
 */
import { createRequire } from "node:module";

/** Only what is used of koffi, so that its own types do not have to compile in a user's project. */
interface Koffi {
  load(path: null): { func(prototype: string): (...args: never[]) => unknown };
  view(pointer: bigint, length: number): ArrayBuffer;
  errno(): number;
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
  socket(domain: number, type: number, protocol: number): number;
  sendto(
    fd: number,
    content: Uint8Array,
    length: number,
    flags: number,
    address: Uint8Array,
    addressLength: number,
  ): number;
  errno(): number;
  view(pointer: bigint, length: number): ArrayBuffer;
}

let loaded: Libc | undefined;

export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  const koffi = createRequire(import.meta.url)("koffi") as Koffi;
  const self = koffi.load(null);
  const fcntl = self.func("int fcntl(int fd, int command, ...)") as unknown as (
    fd: number,
    command: number,
    type: string,
    argument: Uint8Array,
  ) => number;
  return {
    mmap: self.func(
      "uint64_t mmap(uint64_t address, size_t length, int protection, int flags, int fd, int64_t offset)",
    ) as never,
    munmap: self.func("int munmap(uint64_t address, size_t length)") as never,
    fallocate: self.func("int fallocate(int fd, int mode, int64_t offset, int64_t length)") as never,
    fcntl: (fd, command, argument) => fcntl(fd, command, "void *", argument),
    socket: self.func("int socket(int domain, int type, int protocol)") as never,
    sendto: self.func(
      "int64_t sendto(int fd, void *content, size_t length, int flags, void *address, uint32_t addressLength)",
    ) as never,
    sched_yield: self.func("int sched_yield()") as never,
    errno: () => koffi.errno(),
    view: (pointer, length) => koffi.view(pointer, length),
  };
}
