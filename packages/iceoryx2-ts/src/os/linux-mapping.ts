/**
 * Mapped memory whose end can never kill the process.
 *
 * JavaScript can keep a typed array for as long as it likes, and touching unmapped memory ends the process. So
 * `unmap` replaces the pages in place by private zeros, which gives the shared memory back at once, and the
 * address range itself is unmapped only when the garbage collector has seen the last view go.
 */
import { constants } from "node:buffer";
import { constants as osConstants } from "node:os";
import { type Libc, libc } from "./linux-libc.ts";
import type { Mapping } from "./os.ts";
import { OsError } from "./os-error.ts";

const PAGE_SIZE = 4096;
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 0x01;
const MAP_PRIVATE = 0x02;
const MAP_FIXED = 0x10;
const MAP_ANONYMOUS = 0x20;
const MAP_NORESERVE = 0x4000;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

interface AddressRange {
  readonly address: bigint;
  readonly length: number;
}

const addressRanges = new FinalizationRegistry<AddressRange>(({ address, length }) => {
  libc().munmap(address, length);
});

export class LinuxMapping implements Mapping {
  readonly buffer: ArrayBuffer;
  readonly length: number;
  readonly writable: boolean;
  #address: bigint | undefined;

  constructor(fd: number, length: number, writable: boolean, subject: string) {
    const roundedLength = Math.ceil(length / PAGE_SIZE) * PAGE_SIZE;
    // A longer view would abort the whole process instead of throwing.
    if (roundedLength > constants.MAX_LENGTH) throw new OsError("EOVERFLOW", "mmap", subject);
    const { mmap, errno, view } = libc();
    const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    const address = BigInt(mmap(0n, roundedLength, protection, MAP_SHARED, fd, 0));
    if (address === MAP_FAILED) throw OsError.fromErrno(errno(), "mmap", subject);
    this.buffer = view(address, roundedLength);
    this.length = length;
    this.writable = writable;
    this.#address = address;
    addressRanges.register(this.buffer, { address, length: roundedLength });
  }

  unmap(): void {
    if (this.#address === undefined) return;
    buryPages(libc(), this.#address, this.buffer.byteLength);
    this.#address = undefined;
  }
}

function buryPages({ mmap, errno }: Libc, address: bigint, length: number): void {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
  const result = BigInt(mmap(address, length, PROT_READ | PROT_WRITE, flags, -1, 0));
  // Without room for another map entry the pages stay until the views are collected: late, but safe.
  if (result === MAP_FAILED && errno() !== osConstants.errno.ENOMEM) {
    throw OsError.fromErrno(errno(), "mmap", "a mapping that ends");
  }
}
