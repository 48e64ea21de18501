import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { describe, it } from "node:test";
import { openPaths } from "../transport/faulty-os.test-support.ts";
import { Sockets } from "./datagram.test-support.ts";
import { hostOs } from "./host.ts";

describe("a set of descriptors", () => {
  const os = hostOs();

  it("tells which of them are readable, and is readable itself then", () => {
    using sockets = new Sockets();
    const pairs = [sockets.pair(), sockets.pair(), sockets.pair()];
    const [a, b, c] = pairs.map(({ receiver }) => receiver);
    const set = os.openDescriptorSet();
    for (const { receiver } of pairs) set.add(receiver);
    assert.deepEqual(set.readable(), []);
    assert.equal(os.waitReadable([set.fd], 0), false);
    pairs[2]!.ring();
    pairs[0]!.ring();
    assert.deepEqual(set.readable().sort(), [a, c].sort());
    assert.deepEqual(set.readable().sort(), [a, c].sort(), "until they are drained");
    assert.equal(os.waitReadable([set.fd], 0), true);
    pairs[0]!.drain();
    assert.deepEqual(set.readable(), [c]);
    set.remove(c!);
    assert.deepEqual(set.readable(), []);
    pairs[1]!.ring();
    sockets.close(b!);
    assert.deepEqual(set.readable(), [], "what is closed is out of it");
    set.remove(b!);
    set.close();
  });

  it("can be watched while it changes", async () => {
    using sockets = new Sockets();
    const { receiver, ring } = sockets.pair();
    const set = os.openDescriptorSet();
    await new Promise<void>((resolve) => {
      os.watch(set.fd, () => {
        assert.deepEqual(set.readable(), [receiver]);
        // It must not be called again after that.
        set.close();
        resolve();
      });
      set.add(receiver);
      ring();
    });
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("shows all of more than it tells at once", () => {
    using sockets = new Sockets();
    const pairs = Array.from({ length: 700 }, () => sockets.pair());
    const set = os.openDescriptorSet();
    const expected = new Set(pairs.map(({ receiver }) => receiver));
    for (const { receiver, ring } of pairs) {
      set.add(receiver);
      ring();
    }
    const seen = new Set([...set.readable(), ...set.readable()]);
    assert.deepEqual(seen, expected);
    set.close();
  });

  it("refuses what cannot be waited for, and the same one twice", () => {
    using sockets = new Sockets();
    const { receiver } = sockets.pair();
    const set = os.openDescriptorSet();
    set.add(receiver);
    assert.throws(() => set.add(receiver), { code: "EEXIST", syscall: "epoll_ctl" });
    const file = openSync(process.execPath, "r");
    assert.throws(() => set.add(file), { code: "EPERM" });
    closeSync(file);
    assert.throws(() => set.add(-1), { code: "EBADF" });
    assert.ok(set.capacity > 1000);
    set.close();
  });

  it("leaves nothing open", () => {
    const before = openPaths("[eventpoll]").length;
    const set = os.openDescriptorSet();
    assert.equal(openPaths("[eventpoll]").length, before + 1);
    set.close();
    assert.equal(openPaths("[eventpoll]").length, before);
  });
});
