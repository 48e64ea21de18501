/** Unix datagrams, which Node.js does not offer. */
import { closeSync } from "node:fs";
import { libc } from "./linux-libc.ts";
import { OsError } from "./os-error.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_NOSIGNAL = 0x4000;

/** struct sockaddr_un: u16 family, path with terminator. Peers always pass its full length. */
const ADDRESS_SIZE = 110;
const PATH_OFFSET = 2;
const PATH_MAX = ADDRESS_SIZE - PATH_OFFSET - 1;

export function sendDatagram(path: string, content: Uint8Array): void {
  const address = toAddress(path);
  const { socket, sendto, errno } = libc();
  const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw OsError.fromErrno(errno(), "socket", path);
  try {
    const sent = sendto(fd, content, content.length, MSG_NOSIGNAL, address, ADDRESS_SIZE);
    if (sent < 0) throw OsError.fromErrno(errno(), "sendto", path);
  } finally {
    closeSync(fd);
  }
}

function toAddress(path: string): Uint8Array {
  const encoded = new TextEncoder().encode(path);
  if (encoded.length > PATH_MAX) throw new OsError("ENAMETOOLONG", "sendto", path);
  const address = new Uint8Array(ADDRESS_SIZE);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(encoded, PATH_OFFSET);
  return address;
}
