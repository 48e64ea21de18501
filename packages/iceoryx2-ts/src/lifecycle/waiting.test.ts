import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import { WaitScope } from "./wait-scope.ts";
import { ENDED, pauseFor, TIMED_OUT, waitFor } from "./waiting.ts";

const LONG = 100_000;

describe("a pause", () => {
  it("lasts as long as it was told, fractions rounded up", async () => {
    const node = new WaitScope(hostOs(), "ignore", "listener 1");
    for (const milliseconds of [0, 0.2, 5, 12.3]) {
      const start = process.hrtime.bigint();
      assert.equal(await pauseFor(node, milliseconds, undefined), true);
      // Timers of Node.js count whole milliseconds and may be early by less than one.
      assert(Number(process.hrtime.bigint() - start) / 1e6 > milliseconds - 1);
    }
  });

  it("ends with false when the node closes, and does not begin in a closed node", async () => {
    const node = new WaitScope(hostOs(), "ignore", "listener 1");
    const pause = pauseFor(node, LONG, undefined);
    node.close();
    assert.equal(await pause, false);
    assert.equal(await pauseFor(node, LONG, undefined), false);
  });

  it("is rejected with the reason of the signal, also when it was aborted before", async () => {
    const node = new WaitScope(hostOs(), "ignore", "listener 1");
    const controller = new AbortController();
    const reason = new Error("enough");
    const pause = pauseFor(node, LONG, controller.signal);
    controller.abort(reason);
    await assert.rejects(pause, reason);
    await assert.rejects(pauseFor(node, LONG, controller.signal), reason);
  });

  it("leaves nothing on a signal that lives longer", async () => {
    const node = new WaitScope(hostOs(), "ignore", "listener 1");
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    let added = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = function (this: AbortSignal, ...args: [string, EventListener]): void {
      listeners.add(args[1]);
      added++;
      Reflect.apply(addEventListener, this, args);
    };
    signal.removeEventListener = function (this: AbortSignal, ...args: [string, EventListener]): void {
      listeners.delete(args[1]);
      Reflect.apply(removeEventListener, this, args);
    };
    await pauseFor(node, 1, signal);
    assert.deepEqual([added, listeners.size], [1, 0]);
    const second = pauseFor(node, LONG, signal);
    node.close();
    await second;
    assert.equal(listeners.size, 0);
  });

  it("beyond the 24 days of a timer goes on", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = new WaitScope(hostOs(), "ignore", "listener 1");
    let ended = false;
    const pause = pauseFor(node, 2 ** 32, undefined).then((result) => {
      ended = true;
      return result;
    });
    t.mock.timers.tick(2 ** 31);
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(ended, false);
    node.close();
    assert.equal(await pause, false);
  });
});

/** Something to wait for that the test provides. */
class Box {
  content: string | undefined;
  readonly wakeUps: Set<() => void> = new Set();

  readonly look = (): string | undefined => this.content;
  readonly subscribe = (wake: () => void): (() => void) => {
    this.wakeUps.add(wake);
    return () => this.wakeUps.delete(wake);
  };

  /** A wait begins later when the event loop has to turn first. */
  async subscribed(): Promise<void> {
    while (this.wakeUps.size === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  put(content: string | undefined): void {
    this.content = content;
    for (const wake of [...this.wakeUps]) wake();
  }
}

describe("a wait", () => {
  it("finds what is there already, without subscribing", async () => {
    const box = new Box();
    box.content = "here";
    const subscribe = (): never => assert.fail("nobody had to wait");
    assert.equal(
      await waitFor(new WaitScope(hostOs(), "ignore", "listener 1"), { look: box.look, subscribe }),
      "here",
    );
  });

  it("looks again when it is woken, and goes on waiting when nothing is there", async () => {
    const scope = new WaitScope(hostOs(), "ignore", "listener 1");
    const box = new Box();
    const wait = waitFor(scope, box, { timeout: LONG });
    await box.subscribed();
    box.put(undefined);
    assert.equal(box.wakeUps.size, 1);
    box.put("now");
    assert.equal(await wait, "now");
    assert.equal(box.wakeUps.size, 0);
  });

  it("looks again by itself where nobody may wake it", async () => {
    const box = new Box();
    const wait = waitFor(new WaitScope(hostOs(), "ignore", "listener 1"), {
      look: box.look,
      lookAgainAfter: 2,
    });
    setTimeout(() => {
      box.content = "late";
    }, 5);
    assert.equal(await wait, "late");
  });

  it("tells a passed time from an end", async () => {
    const scope = new WaitScope(hostOs(), "ignore", "listener 1");
    assert.equal(await waitFor(scope, new Box(), { timeout: 0 }), TIMED_OUT);
    assert.equal(await waitFor(scope, new Box(), { timeout: 3 }), TIMED_OUT);
    const wait = waitFor(scope, new Box(), { timeout: LONG });
    scope.close();
    assert.equal(await wait, ENDED);
    assert.equal(await waitFor(scope, new Box()), ENDED);
  });

  it("takes nothing when it was aborted before", async () => {
    const look = (): never => assert.fail("must not look");
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(
      waitFor(new WaitScope(hostOs(), "ignore", "listener 1"), { look }, { signal }),
      /enough/,
    );
  });

  it("ends with what looking throws, at the beginning, later and from subscribing", async () => {
    const scope = new WaitScope(hostOs(), "ignore", "listener 1");
    const fail = (): never => {
      throw new Error("broken");
    };
    await assert.rejects(waitFor(scope, { look: fail }), /broken/);
    const box = new Box();
    let looks = 0;
    const wait = waitFor(scope, {
      look: () => (looks++ === 0 ? undefined : fail()),
      subscribe: box.subscribe,
    });
    await box.subscribed();
    box.put("anything");
    await assert.rejects(wait, /broken/);
    await assert.rejects(waitFor(scope, { look: () => undefined, subscribe: fail }), /broken/);
    assert.equal(box.wakeUps.size, 0);
  });

  it("lets the event loop turn although it never has to wait", async () => {
    const scope = new WaitScope(hostOs(), "ignore", "listener 1");
    let turned = false;
    setTimeout(() => {
      turned = true;
    });
    // A loop of microtasks alone would never end.
    while (!turned) await waitFor(scope, { look: () => "always" });
  });

  it("has the object for itself", () => {
    const scope = new WaitScope(hostOs(), "ignore", "listener 1");
    const leave = scope.occupy();
    assert.throws(() => scope.occupy(), { code: "AlreadyWaiting" });
    leave();
    scope.occupy()();
  });

  it("keeps the process alive as long as its scope says", () => {
    const program = `
      import { WaitScope } from ${JSON.stringify(new URL("./wait-scope.js", import.meta.url).href)};
      import { hostOs } from ${JSON.stringify(new URL("../os/host.js", import.meta.url).href)};
      import { waitFor } from ${JSON.stringify(new URL("./waiting.js", import.meta.url).href)};
      const scope = new WaitScope(hostOs(), "ignore", "listener 1");
      process.on("exit", () => console.log("exit"));
      const never = { look: () => undefined, lookAgainAfter: 50 };
      waitFor(scope, never, { timeout: ${LONG} }).then(() => console.log("ended"));
      setImmediate(() => { scope.isRef = false; });
    `;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    });
    assert.equal(stdout, "exit\n");
  });
});
