/** Unix datagrams, which Node.js does not offer. */
import { chmodSync, closeSync, fchmodSync, unlinkSync } from "node:fs";
import { constants } from "node:os";
import { adopt } from "./linux-descriptor.ts";
import { libc } from "./linux-libc.ts";
import { callNode, OsError } from "./os-error.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_PASSCRED = 16;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const { EAGAIN } = constants.errno;

const PERMISSIONS = 0o600;
const ENABLED = new Uint8Array(Int32Array.of(1).buffer);

/** struct sockaddr_un: u16 family, path with terminator. Peers always pass its full length. */
const ADDRESS_SIZE = 110;
const PATH_OFFSET = 2;
const PATH_MAX = ADDRESS_SIZE - PATH_OFFSET - 1;

export function bindDatagram(path: string): number {
  const address = toAddress(path, "bind");
  const { bind, errno } = libc();
  const fd = newSocket(path);
  try {
    // The file gets the permissions of the socket, so nobody else can connect meanwhile.
    callNode("fchmod", path, () => fchmodSync(fd, PERMISSIONS));
    if (bind(fd, address, ADDRESS_SIZE) !== 0) throw OsError.fromErrno(errno(), "bind", path);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  try {
    // The umask may have taken some of them.
    callNode("chmod", path, () => chmodSync(path, PERMISSIONS));
    passCredentials(fd, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    unlinkSync(path);
    throw error;
  }
}

export function connectDatagram(path: string): number {
  const address = toAddress(path, "connect");
  const { connect, errno } = libc();
  const fd = newSocket(path);
  if (connect(fd, address, ADDRESS_SIZE) === 0) return fd;
  const error = OsError.fromErrno(errno(), "connect", path);
  closeSync(fd);
  throw error;
}

export function send(fd: number, content: Uint8Array): void {
  const { send, errno } = libc();
  if (send(fd, content, content.length, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return;
  throw OsError.fromErrno(errno(), "send", `file descriptor ${fd}`);
}

export function receive(fd: number, into: Uint8Array): number {
  const { recv, errno } = libc();
  const length = recv(fd, into, into.length, MSG_DONTWAIT);
  if (length >= 0) return length;
  const reason = errno();
  if (reason === EAGAIN) return -1;
  throw OsError.fromErrno(reason, "recv", `file descriptor ${fd}`);
}

function newSocket(path: string): number {
  const { socket, errno } = libc();
  const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw OsError.fromErrno(errno(), "socket", path);
  return adopt(fd, path);
}

/** Upstream's sockets do it, and so may tell who rang. */
function passCredentials(fd: number, path: string): void {
  const { setsockopt, errno } = libc();
  if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, ENABLED, ENABLED.length) === 0) return;
  throw OsError.fromErrno(errno(), "setsockopt", path);
}

function toAddress(path: string, syscall: string): Uint8Array {
  const encoded = new TextEncoder().encode(path);
  // An address that begins with zero is no path, and one that contains zero a shorter one.
  if (encoded.length === 0 || encoded.includes(0)) throw new OsError("EINVAL", syscall, path);
  if (encoded.length > PATH_MAX) throw new OsError("ENAMETOOLONG", syscall, path);
  const address = new Uint8Array(ADDRESS_SIZE);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(encoded, PATH_OFFSET);
  return address;
}
