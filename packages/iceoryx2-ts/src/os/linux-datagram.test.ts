import assert from "node:assert/strict";
import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { Sockets } from "./datagram.test-support.ts";
import { hostOs } from "./host.ts";
import type { ErrnoName } from "./os-error.ts";

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const PATH_MAX = 107;

function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** What fails must leave no descriptor open. */
function assertFails(code: ErrnoName, syscall: string, run: () => unknown): void {
  const before = descriptors();
  assert.throws(run, { name: "OsError", code, syscall });
  assert.equal(descriptors(), before);
}

describe("a datagram socket", () => {
  const os = hostOs();

  it("delivers one datagram after the other, also empty ones", () => {
    using sockets = new Sockets();
    const path = sockets.path();
    const receiver = sockets.own(os.bindDatagram(path));
    const sender = sockets.own(os.connectDatagram(path));
    const into = new Uint8Array(4);
    assert.equal(os.receive(receiver, into), -1);
    os.send(sender, Uint8Array.of(1, 2, 3));
    os.send(sender, new Uint8Array(0));
    os.send(sender, Uint8Array.of(9, 8, 7, 6, 5));
    assert.equal(os.receive(receiver, into), 3);
    assert.deepEqual([...into], [1, 2, 3, 0]);
    assert.equal(os.receive(receiver, into), 0);
    assert.equal(os.receive(receiver, into), 4, "what does not fit is lost");
    assert.deepEqual([...into], [9, 8, 7, 6]);
    assert.equal(os.receive(receiver, into), -1);
  });

  it("is its user's alone, whatever the umask", () => {
    using sockets = new Sockets();
    const umask = process.umask();
    try {
      for (const mask of [0, 0o022, 0o777]) {
        process.umask(mask);
        const path = sockets.path();
        sockets.own(os.bindDatagram(path));
        const { kind, mode } = os.lstat(path);
        assert.deepEqual([kind, mode], ["socket", 0o600]);
      }
    } finally {
      process.umask(umask);
    }
  });

  it("does not block and does not pass to programs that are started", () => {
    using sockets = new Sockets();
    const { path, receiver } = sockets.pair();
    for (const fd of [receiver, sockets.own(os.connectDatagram(path))]) {
      const [, flags] = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))!;
      const wanted = O_NONBLOCK | O_CLOEXEC;
      assert.equal(Number.parseInt(flags!, 8) & wanted, wanted);
    }
  });

  it("takes paths of up to 107 bytes", () => {
    using sockets = new Sockets();
    const longest = join(sockets.folder, "x".repeat(PATH_MAX - sockets.folder.length - 1));
    sockets.own(os.bindDatagram(longest));
    const sender = sockets.own(os.connectDatagram(longest));
    os.send(sender, Uint8Array.of(0));
    assert.ok(lstatSync(longest).isSocket());
    const umlauts = join(sockets.folder, "ü".repeat((PATH_MAX - sockets.folder.length) / 2 + 1));
    assert.ok(umlauts.length <= PATH_MAX);
    for (const path of [`${longest}x`, umlauts]) {
      assertFails("ENAMETOOLONG", "bind", () => os.bindDatagram(path));
      assertFails("ENAMETOOLONG", "connect", () => os.connectDatagram(path));
    }
  });

  it("has a name that is a path", () => {
    // Linux takes them for names outside of the file system.
    for (const path of ["", "\0abstract", "a\0b"]) {
      assertFails("EINVAL", "bind", () => os.bindDatagram(path));
      assertFails("EINVAL", "connect", () => os.connectDatagram(path));
    }
  });

  it("says why it cannot be had", () => {
    using sockets = new Sockets();
    const { path, receiver } = sockets.pair();
    assertFails("EADDRINUSE", "bind", () => os.bindDatagram(path));
    const file = sockets.path();
    writeFileSync(file, "");
    assertFails("EADDRINUSE", "bind", () => os.bindDatagram(file));
    assertFails("ENOENT", "bind", () => os.bindDatagram(join(sockets.path(), "socket")));
    assertFails("ENOENT", "connect", () => os.connectDatagram(sockets.path()));
    assertFails("ECONNREFUSED", "connect", () => os.connectDatagram(file));
    sockets.close(receiver);
    assertFails("ECONNREFUSED", "connect", () => os.connectDatagram(path));
  });

  it("says when it is full and when nobody is there any more", () => {
    using sockets = new Sockets();
    const { receiver, ring, drain } = sockets.pair();
    let sent = 0;
    assert.throws(
      () => {
        for (;;) {
          ring();
          sent++;
        }
      },
      { code: "EAGAIN", syscall: "send" },
    );
    assert.equal(drain(), sent);
    ring();
    sockets.close(receiver);
    assertFails("ECONNREFUSED", "send", ring);
  });

  it("is no file", () => {
    using sockets = new Sockets();
    const file = sockets.own(os.open("/dev/null", "readWrite"));
    assertFails("ENOTSOCK", "send", () => os.send(file, Uint8Array.of(0)));
    assertFails("EBADF", "recv", () => os.receive(-1, new Uint8Array(1)));
  });
});
