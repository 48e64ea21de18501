import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { EventService } from "../../api/event-service.ts";
import { Node } from "../../api/node.ts";
import { AlreadyWaitingError, ClosedError, InvalidArgumentError } from "../../base/general-errors.ts";
import { hostOs } from "../../os/host.ts";
import { openDescriptors } from "../../testing/os.test-support.ts";
import { TestDomain } from "../../testing/test-domain.ts";
import type { EventActivation } from "./activations.ts";
import type { Listener } from "./listener.ts";
import type { Notifier } from "./notifier.ts";

const ids = (activations: readonly EventActivation[]): number[] => activations.map(({ id }) => id);
const CROWD = 2000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets the event loop turn until what was just started waits in it. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn();
}

describe("a listener", () => {
  let domain: TestDomain;
  let node: Node;
  let service: EventService;
  let listener: Listener;
  let notifier: Notifier;
  let descriptors: number;

  beforeEach(() => {
    domain = new TestDomain();
    node = Node.create({ config: domain.config, signals: "ignore" });
    descriptors = openDescriptors();
    service = node.service("Alarm").event().create();
    listener = service.listener();
    notifier = service.notifier();
  });
  afterEach(() => {
    service.close();
    listener.close();
    notifier.close();
    // The thread's reactor stays, once there is one.
    assert(openDescriptors() - descriptors <= 1);
    node.close();
    domain.assertClean();
    domain[Symbol.dispose]();
  });

  it("counts a hundred thousand notifications that nobody takes", () => {
    for (let i = 0; i < 100_000; i++) notifier.notify(3);
    assert.deepEqual(listener.tryWait(), [{ id: 3, count: 100_000 }]);
    assert.deepEqual(listener.tryWait(), []);
  });

  it("waits until it is notified, and takes everything then", async () => {
    const waiting = listener.wait();
    await settle();
    for (const id of [9, 4, 4]) notifier.notify(id);
    assert.deepEqual(await waiting, [
      { id: 4, count: 2 },
      { id: 9, count: 1 },
    ]);
  });

  it("does not wait for what is there", async () => {
    notifier.notify(1);
    assert.deepEqual(ids(await listener.wait({ timeout: 0 })), [1]);
    notifier.notify(2);
    assert.deepEqual(ids(listener.waitSync()), [2]);
  });

  it("is woken again and again", async () => {
    for (let i = 0; i < 100; i++) {
      const waiting = listener.wait();
      if (i % 3 === 0) await settle();
      notifier.notify(i);
      assert.deepEqual(await waiting, [{ id: i, count: 1 }]);
    }
  });

  it("gives nothing when the time is over", async () => {
    for (const timeout of [0, 0.5, 3]) assert.deepEqual(await listener.wait({ timeout }), []);
    for (const timeout of [0, 0.5, 3]) assert.deepEqual(listener.waitSync(timeout), []);
    assert.equal(await listener.timedWaitOne(1), undefined);
    await listener.timedWaitAll(() => assert.fail("there is nothing"), 1);
    for await (const _ of listener.events({ timeout: 1 })) assert.fail("there is nothing");
  });

  it("ends a wait when it is closed, and its loops; then it is closed", async () => {
    const waiting = listener.wait();
    await settle();
    listener.close();
    assert.deepEqual(await waiting, []);
    await assert.rejects(listener.wait(), ClosedError);
    assert.throws(() => listener.waitSync(), ClosedError);
    assert.throws(() => listener.events(), ClosedError);
    assert.throws(() => listener.fd, ClosedError);
    await assert.rejects(listener.timedWaitOne(1), ClosedError);

    const other = service.listener();
    const seen: number[] = [];
    notifier.notify(5);
    setImmediate(() => other.close());
    for await (const { id } of other) seen.push(id);
    assert.deepEqual(seen, [5]);
  });

  it("ends a wait when its node is closed", async () => {
    const waiting = listener.wait();
    await settle();
    node.close();
    assert.deepEqual(await waiting, []);
  });

  it("is rejected with the reason of the signal; nothing is lost then", async () => {
    const reason = new Error("enough");
    notifier.notify(1);
    await assert.rejects(listener.wait({ signal: AbortSignal.abort(reason) }), reason);
    assert.deepEqual(ids(listener.tryWait()), [1]);

    const controller = new AbortController();
    const waiting = listener.wait({ signal: controller.signal });
    await settle();
    // Both happen before the event loop turns: the abort is first.
    notifier.notify(2);
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    assert.deepEqual(ids(await listener.wait()), [2]);

    const late = new AbortController();
    notifier.notify(3);
    const delivered = await listener.wait({ signal: late.signal });
    late.abort(reason);
    assert.deepEqual(ids(delivered), [3]);
  });

  it("has one waiter at a time", async () => {
    const waiting = listener.wait();
    await settle();
    const isRefused = (error: unknown): boolean =>
      error instanceof AlreadyWaitingError && /somebody waits for it already/.test(error.message);
    await assert.rejects(listener.wait(), isRefused);
    await assert.rejects(listener.events().next(), isRefused);
    await assert.rejects(listener.timedWaitOne(0), isRefused);
    assert.throws(() => listener.waitSync(0), isRefused);
    notifier.notify(1);
    assert.deepEqual(ids(await waiting), [1]);
    assert.deepEqual(await listener.wait({ timeout: 0 }), []);
  });

  it("lets others take what somebody waits for", async () => {
    const waiting = listener.wait();
    await settle();
    notifier.notify(1);
    assert.deepEqual(ids(listener.tryWait()), [1]);
    await settle();
    notifier.notify(2);
    assert.deepEqual(ids(await waiting), [2]);
  });

  it("hands out one activation after the other; what a loop did not come to stays", async () => {
    for (const id of [1, 2, 2, 3, 4]) notifier.notify(id);
    for await (const { id, count } of listener) {
      assert.deepEqual([id, count], [1, 1]);
      break;
    }
    assert.deepEqual(await listener.events().next(), { done: false, value: { id: 2, count: 2 } });
    // Among what was left: one that was notified again, and one in front of it.
    notifier.notify(4);
    notifier.notify(0);
    assert.deepEqual(listener.tryWait(), [
      { id: 0, count: 1 },
      { id: 3, count: 1 },
      { id: 4, count: 2 },
    ]);
  });

  it("waits for one or for all events as upstream once did", async () => {
    for (const id of [12, 3, 3]) notifier.notify(id);
    assert.equal(await listener.timedWaitOne(1000), 3);
    notifier.notify(3);
    const all: number[] = [];
    await listener.timedWaitAll((id) => all.push(id), 1000);
    assert.deepEqual(all, [3, 12]);
    const waiting = listener.timedWaitOne(100_000);
    await settle();
    notifier.notify(12);
    assert.equal(await waiting, 12);
  });

  it("accepts no impossible time", async () => {
    for (const time of [-1, Number.NaN]) {
      assert.throws(() => listener.waitSync(time), InvalidArgumentError);
      await assert.rejects(listener.timedWaitOne(time), InvalidArgumentError);
      await assert.rejects(
        listener.timedWaitAll(() => {}, time),
        InvalidArgumentError,
      );
    }
  });

  it("has a descriptor that is readable while there is something to take", () => {
    assert.equal(hostOs().waitReadable([listener.fd], 0), false);
    notifier.notify(1);
    assert.equal(hostOs().waitReadable([listener.fd], 0), true);
    listener.tryWait();
    assert.equal(hostOs().waitReadable([listener.fd], 0), false);
  });

  it("lets the event loop turn although events never end", async () => {
    let turns = 0;
    const count = (): void => {
      turns++;
      if (turns < 3) setTimeout(count, 0);
    };
    setTimeout(count, 0);
    notifier.notify(1);
    for await (const _ of listener) {
      notifier.notify(1);
      if (turns === 3) break;
    }
    assert.equal(turns, 3);
  });

  it("is one of two thousand in a process, which all wait", async () => {
    const crowd = node.service("Crowd").event().create({ maxListeners: CROWD });
    const listeners = Array.from({ length: CROWD }, () => crowd.listener());
    const waiting = listeners.map((each) => each.wait());
    await settle();
    const all = crowd.notifier();
    for (const [i, each] of all.listeners().entries()) each.notify(i % 256);
    for (const [i, each] of waiting.entries()) assert.deepEqual(ids(await each), [i % 256]);
    for (const each of listeners) each.close();
    all.close();
    crowd.close();
  });
});
