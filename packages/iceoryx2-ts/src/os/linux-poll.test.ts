import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { Sockets } from "./datagram.test-support.ts";
import { hostOs } from "./host.ts";

const HOST = JSON.stringify(new URL("./host.js", import.meta.url).href);

describe("waitReadable", () => {
  const os = hostOs();

  it("sees what is readable already, whichever of the descriptors it is", () => {
    using sockets = new Sockets();
    const pairs = [sockets.pair(), sockets.pair(), sockets.pair()];
    const fds = pairs.map(({ receiver }) => receiver);
    for (const { ring, drain } of pairs) {
      assert.equal(os.waitReadable(fds, 0), false);
      ring();
      assert.equal(os.waitReadable(fds, Number.POSITIVE_INFINITY), true);
      assert.equal(os.waitReadable(fds, 0), true);
      drain();
    }
  });

  it("waits as long as it is told, fractions rounded up", () => {
    using sockets = new Sockets();
    const { receiver } = sockets.pair();
    for (const timeout of [0.2, 3, 12.5]) {
      const start = process.hrtime.bigint();
      assert.equal(os.waitReadable([receiver], timeout), false);
      assert.ok(Number(process.hrtime.bigint() - start) / 1e6 >= timeout);
    }
    assert.equal(os.waitReadable([receiver], -1), false);
    assert.equal(os.waitReadable([], 0), false);
  });

  it("wakes up when another thread sends", async () => {
    using sockets = new Sockets();
    const { path, receiver, drain } = sockets.pair();
    const program = `
      import { hostOs } from ${HOST};
      import { workerData } from "node:worker_threads";
      const sender = hostOs().connectDatagram(workerData);
      hostOs().send(sender, Uint8Array.of(0));`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    const worker = new Worker(url, { workerData: path });
    // Longer than the kernel can be told in one call.
    for (const timeout of [Number.POSITIVE_INFINITY, 2 ** 40]) {
      assert.equal(os.waitReadable([receiver], timeout), true);
    }
    assert.equal(drain(), 1);
    await once(worker, "exit");
  });

  it("refuses what is no descriptor", () => {
    using sockets = new Sockets();
    const { receiver } = sockets.pair();
    assert.throws(() => os.waitReadable([receiver, 1_000_000], Number.POSITIVE_INFINITY), {
      code: "EBADF",
      syscall: "poll",
    });
  });

  it("ends when a signal comes, whose handler runs then", async () => {
    using sockets = new Sockets();
    const program = `
      import { hostOs } from ${HOST};
      process.on("SIGUSR2", () => {});
      const fd = hostOs().bindDatagram(${JSON.stringify(sockets.path())});
      console.log("waits");
      try {
        hostOs().waitReadable([fd], Infinity);
      } catch (error) {
        console.log(error.code);
      }
      process.exit();`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await once(child.stdout, "data");
    // It may not have begun to wait yet, so one signal is not enough.
    const signals = setInterval(() => child.kill("SIGUSR2"), 5);
    await once(child, "close");
    clearInterval(signals);
    assert.equal(output, "waits\nEINTR\n");
  });
});
