/** What watching does to the life of processes and threads. */
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import process from "node:process";
import type { Readable } from "node:stream";
import { describe, it } from "node:test";
import { Worker } from "node:worker_threads";
import { Sockets } from "./datagram.test-support.ts";
import { hostOs } from "./host.ts";

const os = hostOs();

/** Begins every script: `fd`, the socket that is bound to the path it is given, and `drain`. */
const PRELUDE = `
  import { hostOs } from ${JSON.stringify(new URL("./host.js", import.meta.url).href)};
  import { workerData } from "node:worker_threads";
  const os = hostOs();
  const path = workerData ?? process.argv[1];
  const fd = os.bindDatagram(path);
  const drain = () => { while (os.receive(fd, new Uint8Array(8)) >= 0); };
  process.on("exit", () => { console.log("exit"); });
`;

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

class Script {
  readonly #path: string;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #stdout = "";
  #stderr = "";

  constructor(path: string, script: string, flags: readonly string[] = []) {
    this.#path = path;
    const args = [...flags, "--input-type=module", "--eval", PRELUDE + script, path];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout.on("data", (chunk) => {
      this.#stdout += chunk;
    });
    this.#child.stderr.on("data", (chunk) => {
      this.#stderr += chunk;
    });
    this.#closed = once(this.#child, "close");
  }

  /** Waits until it printed the line. */
  async printed(line: string): Promise<void> {
    while (!this.#stdout.includes(`${line}\n`)) {
      const [event] = await Promise.race([
        once(this.#child.stdout, "data"),
        this.#closed.then(() => ["end"]),
      ]);
      if (event === "end" && !this.#stdout.includes(`${line}\n`)) assert.fail(`it ended: ${this.#stderr}`);
    }
  }

  ring(): void {
    const sender = os.connectDatagram(this.#path);
    os.send(sender, Uint8Array.of(0));
    os.close(sender);
  }

  async ending(): Promise<Ending> {
    await this.#closed;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

describe("a process that watches", () => {
  it("lives until its last watch stops", async () => {
    using sockets = new Sockets();
    const script = new Script(
      sockets.path(),
      `const first = os.watch(fd, () => {});
       first.stop();
       const unimportant = os.watch(fd, () => {});
       unimportant.unref();
       unimportant.unref();
       const second = os.watch(fd, () => { drain(); second.stop(); console.log("stopped"); });
       second.unref();
       second.ref();
       second.ref();
       setTimeout(() => console.log("alive"));`,
    );
    await script.printed("alive");
    script.ring();
    assert.deepEqual(await script.ending(), { code: 0, stdout: "alive\nstopped\nexit\n", stderr: "" });
  });

  for (const [name, statement] of [
    ["stopped", "watch.stop();"],
    ["did not mean it", "watch.unref();"],
    ["closed what it watched", "os.close(fd);"],
  ]) {
    it(`ends when it ${name}`, async () => {
      using sockets = new Sockets();
      const script = new Script(sockets.path(), `const watch = os.watch(fd, () => {}); ${statement}`);
      assert.deepEqual(await script.ending(), { code: 0, stdout: "exit\n", stderr: "" });
    });
  }

  it("is called although it keeps no reference, whatever the garbage collector does", async () => {
    using sockets = new Sockets();
    const script = new Script(
      sockets.path(),
      `(() => { const watch = os.watch(fd, () => { console.log("called"); drain(); watch.stop(); }); })();
       for (let i = 0; i < 10; i++) {
         gc();
         await new Promise((resolve) => setImmediate(resolve));
       }
       console.log("collected");`,
      ["--expose-gc"],
    );
    await script.printed("collected");
    script.ring();
    assert.deepEqual(await script.ending(), { code: 0, stdout: "collected\ncalled\nexit\n", stderr: "" });
  });

  it("dies of what its callback throws", async () => {
    using sockets = new Sockets();
    const script = new Script(
      sockets.path(),
      `os.watch(fd, () => { throw new Error("thrown by a callback"); });
       console.log("ready");`,
    );
    await script.printed("ready");
    script.ring();
    const { code, stdout, stderr } = await script.ending();
    assert.deepEqual([code, stdout], [1, "ready\nexit\n"]);
    assert.match(stderr, /Error: thrown by a callback\n\s+at /);
  });

  it("gets everything that its callbacks throw, and the others are called", async () => {
    using sockets = new Sockets();
    const script = new Script(
      sockets.path(),
      `process.on("uncaughtException", (error) => console.log(error.message));
       const fail = (message) => { const watch = os.watch(fd, () => { watch.stop(); throw new Error(message); }); };
       fail("first");
       fail("second");
       const watch = os.watch(fd, () => { drain(); watch.stop(); console.log("called"); });
       console.log("ready");`,
    );
    await script.printed("ready");
    script.ring();
    const { code, stdout } = await script.ending();
    assert.deepEqual([code, stdout], [0, "ready\ncalled\nfirst\nsecond\nexit\n"]);
  });
});

describe("a thread that watches", () => {
  function start(path: string, script: string): Worker {
    const program = `${PRELUDE}\nimport { parentPort } from "node:worker_threads";\n${script}`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    const worker = new Worker(url, { workerData: path, stdout: true, stderr: true });
    worker.on("error", (error) => assert.fail(String(error)));
    return worker;
  }

  function ring(path: string): void {
    const sender = os.connectDatagram(path);
    os.send(sender, Uint8Array.of(0));
    os.close(sender);
  }

  it("has a reactor of its own and ends with its watch, without a warning", async () => {
    using sockets = new Sockets();
    const before = readdirSync("/proc/self/fd").length;
    const workers = [1, 2, 3].map(() => {
      const path = sockets.path();
      const worker = start(
        path,
        `const watch = os.watch(fd, () => { drain(); watch.stop(); os.close(fd); parentPort.postMessage("called"); });
         parentPort.postMessage("ready");`,
      );
      return { path, worker, ready: once(worker, "message") };
    });
    for (const { path, worker, ready } of workers) {
      assert.deepEqual(await ready, ["ready"]);
      const called = once(worker, "message");
      const exited = once(worker, "exit");
      ring(path);
      assert.deepEqual(await called, ["called"]);
      assert.deepEqual(await exited, [0]);
      assert.equal(worker.stderr.read(), null);
    }
    assert.equal(readdirSync("/proc/self/fd").length, before);
  });

  it("can be terminated while it waits, and leaves no descriptor", async () => {
    using sockets = new Sockets();
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 10; i++) {
      const path = sockets.path();
      const worker = start(
        path,
        `os.watch(fd, () => { drain(); parentPort.postMessage("called"); });
         os.watch(os.openProcess(process.pid), () => {});
         parentPort.postMessage("ready");`,
      );
      await once(worker, "message");
      const called = once(worker, "message");
      ring(path);
      await called;
      // Some of them in the middle of it.
      if (i % 2 === 0) ring(path);
      await worker.terminate();
      assert.throws(() => ring(path), { code: "ECONNREFUSED" });
    }
    assert.equal(readdirSync("/proc/self/fd").length, before);
  });
});
