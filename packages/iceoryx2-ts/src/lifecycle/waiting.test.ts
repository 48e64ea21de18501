import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { type PauseContext, pauseFor } from "./waiting.ts";

/** A node that is closed by the test. */
class FakeNode implements PauseContext {
  isClosed = false;
  readonly signalMode = "ignore";
  readonly callbacks: Set<() => void> = new Set();

  onClose(callback: () => void): () => void {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }

  close(): void {
    this.isClosed = true;
    for (const callback of [...this.callbacks]) callback();
  }
}

const LONG = 100_000;

describe("a pause", () => {
  it("lasts as long as it was told, fractions rounded up", async () => {
    const node = new FakeNode();
    for (const milliseconds of [0, 0.2, 5, 12.3]) {
      const start = process.hrtime.bigint();
      assert.equal(await pauseFor(node, milliseconds, undefined), true);
      // Timers of Node.js count whole milliseconds and may be early by less than one.
      assert(Number(process.hrtime.bigint() - start) / 1e6 > milliseconds - 1);
    }
    assert.equal(node.callbacks.size, 0);
  });

  it("ends with false when the node closes, and does not begin in a closed node", async () => {
    const node = new FakeNode();
    const pause = pauseFor(node, LONG, undefined);
    node.close();
    assert.equal(await pause, false);
    assert.equal(await pauseFor(node, LONG, undefined), false);
    assert.equal(node.callbacks.size, 0);
  });

  it("is rejected with the reason of the signal, also when it was aborted before", async () => {
    const node = new FakeNode();
    const controller = new AbortController();
    const reason = new Error("enough");
    const pause = pauseFor(node, LONG, controller.signal);
    controller.abort(reason);
    await assert.rejects(pause, reason);
    await assert.rejects(pauseFor(node, LONG, controller.signal), reason);
    assert.equal(node.callbacks.size, 0);
  });

  it("leaves nothing on a signal that lives longer", async () => {
    const node = new FakeNode();
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = function (this: AbortSignal, ...args: [string, EventListener]): void {
      listeners.add(args[1]);
      Reflect.apply(addEventListener, this, args);
    };
    signal.removeEventListener = function (this: AbortSignal, ...args: [string, EventListener]): void {
      listeners.delete(args[1]);
      Reflect.apply(removeEventListener, this, args);
    };
    const first = pauseFor(node, 1, signal);
    assert.equal(listeners.size, 1);
    await first;
    assert.equal(listeners.size, 0);
    const second = pauseFor(node, LONG, signal);
    node.close();
    await second;
    assert.equal(listeners.size, 0);
  });

  it("beyond the 24 days of a timer goes on", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const node = new FakeNode();
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
