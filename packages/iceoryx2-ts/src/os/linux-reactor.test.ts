import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { describe, it } from "node:test";
import { Sockets } from "./datagram.test-support.ts";
import { hostOs } from "./host.ts";

/** Lets the event loop go round, so that everything that is readable now has been reported. */
async function turn(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("watching a descriptor", () => {
  const os = hostOs();

  it("calls back as long as it is readable", async () => {
    using sockets = new Sockets();
    const { receiver, ring, drain } = sockets.pair();
    let calls = 0;
    const { promise, resolve } = withResolvers();
    const watch = os.watch(receiver, () => {
      if (++calls < 3) return;
      drain();
      resolve();
    });
    await turn();
    assert.equal(calls, 0);
    ring();
    await promise;
    await turn();
    assert.equal(calls, 3);
    watch.stop();
    ring();
    await turn();
    assert.equal(calls, 3);
    watch.stop();
    watch.ref();
    watch.unref();
  });

  it("lets a promise go on without anything else happening", async () => {
    using sockets = new Sockets();
    const { receiver, ring } = sockets.pair();
    ring();
    for (let i = 0; i < 100; i++) {
      let stop = (): void => {};
      await new Promise<void>((resolve) => {
        stop = () => watch.stop();
        const watch = os.watch(receiver, resolve);
      });
      stop();
    }
  });

  it("is possible for several at once", async () => {
    using sockets = new Sockets();
    const { receiver, ring, drain } = sockets.pair();
    const calls = [0, 0, 0];
    const watches = calls.map((_, index) =>
      os.watch(receiver, () => {
        calls[index]!++;
        if (index === 2) drain();
      }),
    );
    ring();
    await turn();
    assert.deepEqual(calls, [1, 1, 1]);
    watches[1]!.stop();
    ring();
    await turn();
    assert.deepEqual(calls, [2, 1, 2]);
    for (const watch of watches) watch.stop();
    ring();
    await turn();
    assert.deepEqual(calls, [2, 1, 2]);
  });

  it("may stop, start and close others while it calls back", async () => {
    using sockets = new Sockets();
    const [a, b, c] = [sockets.pair(), sockets.pair(), sockets.pair()];
    const calls: string[] = [];
    const again = os.watch(a.receiver, () => {
      a.drain();
      calls.push("stopped");
      again.stop();
    });
    os.watch(b.receiver, () => {
      calls.push("closed");
      sockets.close(b.receiver);
    });
    let added: { stop(): void } | undefined;
    const first = os.watch(c.receiver, () => {
      c.drain();
      calls.push("replaced");
      first.stop();
      added = os.watch(c.receiver, () => {
        c.drain();
        calls.push("added");
      });
    });
    for (const { ring } of [a, b, c]) ring();
    await turn();
    assert.deepEqual(calls, ["stopped", "closed", "replaced"]);
    for (const { ring } of [a, c]) ring();
    await turn();
    assert.deepEqual(calls.slice(3), ["added"]);
    added!.stop();
  });

  it("does not mistake another file for one that had its number", async () => {
    using sockets = new Sockets();
    const pairs = [sockets.pair(), sockets.pair()];
    let calls = 0;
    let replacement: { readonly fd: number; stop(): void } | undefined;
    // Whichever is called first closes the other one, for which an event is on its way.
    const replaceBy = (mine: number, other: number): void => {
      calls++;
      sockets.close(pairs[other]!.receiver);
      const fd = sockets.own(os.bindDatagram(sockets.path()));
      assert.equal(fd, pairs[other]!.receiver, "the lowest free number is taken");
      const watch = os.watch(fd, () => assert.fail("nobody sent anything"));
      replacement = { fd, stop: () => watch.stop() };
      pairs[mine]!.drain();
      watches[mine]!.stop();
    };
    const watches = pairs.map(({ receiver }, index) => os.watch(receiver, () => replaceBy(index, 1 - index)));
    for (const { ring } of pairs) ring();
    await turn();
    assert.equal(calls, 1);
    replacement!.stop();
  });

  it("notices when a descriptor was closed behind its back and is a new one", async () => {
    using sockets = new Sockets();
    const old = sockets.unowned();
    const forgotten = os.watch(old.receiver, () => assert.fail("it is closed"));
    closeSync(old.receiver);
    const path = sockets.path();
    assert.equal(os.bindDatagram(path), old.receiver);
    const { promise, resolve } = withResolvers();
    const watch = os.watch(old.receiver, resolve);
    os.send(sockets.own(os.connectDatagram(path)), Uint8Array.of(0));
    await promise;
    forgotten.stop();
    // The old watch must not have taken the new one with it: what was not drained calls back again.
    let calls = 0;
    watch.stop();
    const second = os.watch(old.receiver, () => calls++);
    forgotten.stop();
    await turn();
    assert.ok(calls > 0);
    second.stop();
    closeSync(old.receiver);
  });

  it("works for two thousand", async () => {
    using sockets = new Sockets();
    const called = new Set<number>();
    const { promise, resolve } = withResolvers();
    const pairs = Array.from({ length: 2000 }, () => sockets.pair());
    const watches = pairs.map(({ receiver, drain }) =>
      os.watch(receiver, () => {
        assert.equal(drain(), 1);
        assert.ok(!called.has(receiver));
        called.add(receiver);
        if (called.size === pairs.length) resolve();
      }),
    );
    for (const { ring } of pairs) ring();
    await promise;
    await turn();
    for (const watch of watches) watch.stop();
  });

  it("refuses what cannot be watched, and the process lives on", () => {
    using sockets = new Sockets();
    for (const place of [tmpdir(), process.execPath]) {
      const fd = openSync(place, "r");
      assert.throws(() => os.watch(fd, () => {}), { name: "OsError", code: "EPERM", syscall: "epoll_ctl" });
      closeSync(fd);
    }
    for (const fd of [-1, 1_000_000]) {
      assert.throws(() => os.watch(fd, () => {}), { code: "EBADF", syscall: "epoll_ctl" });
    }
    const { receiver } = sockets.pair();
    os.watch(receiver, () => {}).stop();
  });

  it("costs nothing while nothing happens", async () => {
    using sockets = new Sockets();
    const watch = os.watch(sockets.pair().receiver, () => {});
    await turn();
    const resources = process.getActiveResourcesInfo();
    assert.deepEqual(
      resources.filter((name) => ["Timeout", "Immediate"].includes(name)),
      [],
    );
    watch.stop();
  });
});

describe("the descriptor of a process", () => {
  const os = hostOs();

  it("becomes readable when it ends", async () => {
    using sockets = new Sockets();
    const child = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
    const fd = sockets.own(os.openProcess(child.pid!));
    assert.equal(os.waitReadable([fd], 0), false);
    const { promise, resolve } = withResolvers();
    const watch = os.watch(fd, resolve);
    child.kill("SIGKILL");
    await promise;
    watch.stop();
    if (child.signalCode === null) await once(child, "exit");
    assert.throws(() => os.openProcess(child.pid!), { code: "ESRCH", syscall: "pidfd_open" });
  });

  it("is refused for what is no process", () => {
    assert.throws(() => os.openProcess(-1), { code: "EINVAL" });
    assert.throws(() => os.openProcess(0), { code: "EINVAL" });
    const before = readdirSync("/proc/self/fd").length;
    os.close(os.openProcess(process.pid));
    assert.equal(readdirSync("/proc/self/fd").length, before);
  });
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
