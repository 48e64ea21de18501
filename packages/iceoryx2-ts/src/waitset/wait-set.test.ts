import assert from "node:assert/strict";
import process from "node:process";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { EventService } from "../api/event-service.ts";
import { Node } from "../api/node.ts";
import { ClosedError } from "../base/general-errors.ts";
import { Sockets } from "../os/datagram.test-support.ts";
import { hostOs } from "../os/host.ts";
import type { Listener } from "../port/event/listener.ts";
import { openDescriptors } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import type { Attachment, Guard } from "./attachment.ts";
import type { WaitSet } from "./wait-set.ts";

const LONG = 100_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const never = (): never => assert.fail("must not be called");

describe("a wait set", () => {
  let domain: TestDomain;
  let node: Node;
  let waitset: WaitSet;
  let descriptors: number;

  beforeEach(() => {
    domain = new TestDomain();
    node = Node.create({ config: domain.config, signals: "ignore" });
    descriptors = openDescriptors();
    waitset = node.waitSet();
  });
  afterEach(() => {
    node.close();
    assert.equal(waitset.closed, true);
    // The thread's reactor stays, once there is one, and the node has gone.
    assert.ok(openDescriptors() <= descriptors);
    domain.assertClean();
    domain[Symbol.dispose]();
  });

  /** A service with a listener, and what notifies it. */
  function alarm(name = "a"): { service: EventService; listener: Listener; notify(id?: number): void } {
    const service = node.service(name).event().openOrCreate();
    const listener = service.listener();
    const notifier = service.notifier();
    return { service, listener, notify: (id) => void notifier.notify(id) };
  }

  /** What one round reports. */
  async function round(timeout = LONG): Promise<Attachment[]> {
    const reports: Attachment[] = [];
    const collect = (attachment: Attachment): void => void reports.push(attachment);
    assert.equal(await waitset.waitAndProcessOnce(collect, { timeout }), "AllEventsHandled");
    return reports;
  }

  const kinds = (reports: readonly Attachment[]): string[] => reports.map(({ kind }) => kind);

  it("counts what is attached until its guard is released", () => {
    assert.deepEqual([waitset.length, waitset.isEmpty], [0, true]);
    assert.ok(waitset.capacity > 1000);
    const { listener } = alarm();
    const guards = [
      waitset.attachNotification(listener),
      waitset.attachInterval(1),
      waitset.attachInterval(1),
    ];
    assert.deepEqual([waitset.length, waitset.isEmpty], [3, false]);
    {
      using deadline = waitset.attachDeadline(alarm().listener, 1);
      assert.deepEqual([waitset.length, deadline.released], [4, false]);
    }
    for (const guard of guards) {
      guard.release();
      guard.release();
      assert.equal(guard.released, true);
    }
    assert.deepEqual([waitset.length, waitset.isEmpty], [0, true]);
  });

  it("does not wait for nothing", async () => {
    const expected = { name: "WaitSetRunError", code: "NoAttachments" };
    await assert.rejects(waitset.waitAndProcess(never), expected);
    await assert.rejects(waitset.waitAndProcessOnce(never, { timeout: 0 }), expected);
    await assert.rejects(waitset.attachments().next(), expected);
    // Nor when everything is detached while it waits.
    const guard = waitset.attachInterval(LONG);
    const waiting = waitset.waitAndProcess(never);
    await turn();
    guard.release();
    await assert.rejects(waiting, expected);
  });

  it("takes a listener or descriptor once at a time", () => {
    using sockets = new Sockets();
    const fd = sockets.pair().receiver;
    const expected = { name: "WaitSetAttachmentError", code: "AlreadyAttached" };
    for (const source of [alarm().listener, { fd }]) {
      const guard = waitset.attachNotification(source);
      assert.throws(() => waitset.attachNotification(source), expected);
      assert.throws(() => waitset.attachDeadline(source, 1), expected);
      assert.throws(() => waitset.attachNotification({ fd: source.fd }), expected);
      assert.equal(waitset.length, 1);
      guard.release();
      waitset.attachDeadline(source, 1).release();
      using other = node.waitSet();
      other.attachNotification(source);
      waitset.attachNotification(source).release();
    }
  });

  it("says what cannot be attached, and why", () => {
    const os = hostOs();
    const file = os.open(process.execPath, "readOnly");
    const attach = (fd: number): Guard => waitset.attachNotification({ fd });
    assert.throws(() => attach(file), {
      name: "WaitSetAttachmentError",
      code: "InternalError",
      message: /file on disk/,
    });
    assert.throws(() => attach(-1), { code: "InternalError", message: /EBADF/ });
    os.close(file);
    for (const time of [-1, Number.NaN]) {
      assert.throws(() => waitset.attachInterval(time), {
        name: "InvalidArgumentError",
        message: /from 0 on/,
      });
      assert.throws(() => waitset.attachDeadline(alarm().listener, time), { name: "InvalidArgumentError" });
    }
    const { listener } = alarm();
    listener.close();
    assert.throws(() => waitset.attachNotification(listener), ClosedError);
    assert.equal(waitset.length, 0);
  });

  it("reports all listeners that were notified, again and again until they are drained", async () => {
    const alarms = [alarm("a"), alarm("b"), alarm("c")];
    const guards = alarms.map(({ listener }) => waitset.attachNotification(listener));
    assert.deepEqual(await round(0), []);
    alarms[0]!.notify(3);
    alarms[2]!.notify(4);
    for (let i = 0; i < 2; i++) {
      const reports = await round();
      assert.deepEqual(kinds(reports), ["notification", "notification"]);
      assert.deepEqual(new Set(reports.map(({ guard }) => guard)), new Set([guards[0], guards[2]]));
      for (const report of reports) {
        assert(report.kind === "notification");
        assert.equal(report.source, alarms[guards.indexOf(report.guard)]!.listener);
      }
    }
    assert.deepEqual(alarms[0]!.listener.tryWait(), [{ id: 3, count: 1 }]);
    assert.deepEqual(
      (await round()).map(({ guard }) => guard),
      [guards[2]],
    );
    assert.deepEqual(alarms[2]!.listener.tryWait(), [{ id: 4, count: 1 }]);
    assert.deepEqual(await round(0), []);
    alarms[1]!.notify();
    assert.deepEqual(
      (await round()).map(({ guard }) => guard),
      [guards[1]],
    );
  });

  it("reports what a listener has drained and not handed out", async () => {
    const { listener, notify } = alarm();
    notify(1);
    notify(2);
    for await (const { id } of listener) {
      assert.equal(id, 1);
      break;
    }
    waitset.attachNotification(listener);
    assert.deepEqual(kinds(await round()), ["notification"]);
    assert.deepEqual(listener.tryWait(), [{ id: 2, count: 1 }]);
    assert.deepEqual(await round(0), []);
  });

  it("reports descriptors that are readable", async () => {
    using sockets = new Sockets();
    const { receiver: fd, ring, drain } = sockets.pair();
    const guard = waitset.attachNotification({ fd });
    const waiting = round();
    await turn();
    ring();
    assert.deepEqual(await waiting, [{ kind: "fileDescriptor", guard, fd }]);
    drain();
    assert.deepEqual(await round(0), []);
    guard.release();
  });

  it("does not report what was detached, not even in the same round", async () => {
    const alarms = [alarm("a"), alarm("b")];
    const guards = alarms.map(({ listener }) => waitset.attachNotification(listener));
    for (const { notify } of alarms) notify();
    let reports = 0;
    await waitset.waitAndProcessOnce(({ guard }) => {
      reports++;
      guards[guards.indexOf(guard) === 0 ? 1 : 0]!.release();
    });
    assert.equal(reports, 1);
    assert.equal((await round()).length, 1);
  });

  it("wakes up for what is attached while it waits", async () => {
    using sockets = new Sockets();
    const { receiver: fd, ring } = sockets.pair();
    ring();
    using _never = waitset.attachInterval(Number.POSITIVE_INFINITY);
    let waiting = round();
    await turn();
    const guard = waitset.attachNotification({ fd });
    assert.deepEqual(
      (await waiting).map((report) => report.guard),
      [guard],
    );
    guard.release();

    waiting = round();
    await turn();
    const interval = waitset.attachInterval(1);
    assert.deepEqual(await waiting, [{ kind: "interval", guard: interval }]);
  });

  it("takes the time that it is told, not less", async () => {
    const os = hostOs();
    const start = os.monotonicTime();
    const elapsed = (): number => Number(os.monotonicTime() - start) / 1e6;
    const guard = waitset.attachInterval(12.5);
    assert.deepEqual(await round(), [{ kind: "interval", guard }]);
    assert.ok(elapsed() >= 12.5);
    guard.release();
    const { listener } = alarm();
    using deadline = waitset.attachDeadline(listener, 12.5);
    assert.deepEqual(await round(), [{ kind: "missedDeadline", guard: deadline, source: listener }]);
    assert.ok(elapsed() >= 25);
  });

  it("goes when it is closed, and with its node", async () => {
    const guard = waitset.attachInterval(1);
    waitset.close();
    waitset.close();
    assert.deepEqual([waitset.closed, guard.released, waitset.length], [true, true, 0]);
    guard.release();
    assert.throws(() => waitset.attachInterval(1), ClosedError);
    assert.throws(() => waitset.attachments(), ClosedError);
    assert.throws(() => waitset.capacity, ClosedError);
    await assert.rejects(waitset.waitAndProcess(never), ClosedError);
    node.close();
    assert.throws(() => node.waitSet(), ClosedError);
  });
});
