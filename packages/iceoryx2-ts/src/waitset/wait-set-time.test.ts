/** What a wait set reports when: with a clock that stands still until the test moves it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { EventService } from "../api/event-service.ts";
import { ServiceBuilder } from "../api/service-builder.ts";
import { NodeState } from "../lifecycle/node-state.ts";
import { Sockets } from "../os/datagram.test-support.ts";
import type { Listener } from "../port/event/listener.ts";
import { LogCapture } from "../testing/log-capture.test-support.ts";
import { interceptOs } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import type { Attachment, Guard } from "./attachment.ts";
import { NodeWaitSet } from "./node-wait-set.ts";

const kinds = (reports: readonly Attachment[]): string[] => reports.map(({ kind }) => kind);

let domain: TestDomain;
let state: NodeState;
let waitset: NodeWaitSet;
let now = 0n;

/** In milliseconds. */
function advance(time: number): void {
  now += BigInt(Math.round(time * 1e6));
}

/** What there is to report now. */
async function round(): Promise<Attachment[]> {
  const reports: Attachment[] = [];
  await waitset.waitAndProcessOnce((report) => void reports.push(report), { timeout: 0 });
  return reports;
}

interface Alarm {
  readonly service: EventService;
  readonly listener: Listener;
  notify(): void;
}

function alarm(name = "a"): Alarm {
  const service = new ServiceBuilder(state, name).event().openOrCreate();
  const notifier = service.notifier();
  return { service, listener: service.listener(), notify: () => void notifier.notify() };
}

beforeEach(() => {
  domain = new TestDomain();
  let isFrozen = false;
  const os = interceptOs((call, _args, proceed) => (isFrozen && call === "monotonicTime" ? now : proceed()));
  state = NodeState.create(os, domain.config, "", { signalMode: "ignore" });
  now = os.monotonicTime();
  isFrozen = true;
  waitset = new NodeWaitSet(state, {});
});
afterEach(() => {
  state.close();
  domain.assertClean();
  domain[Symbol.dispose]();
});

describe("an interval of a wait set", () => {
  it("comes in phase, and once for all that were missed", async () => {
    const guard = waitset.attachInterval(20);
    const reports = [{ kind: "interval", guard }];
    advance(19.999);
    assert.deepEqual(await round(), []);
    advance(0.001);
    assert.deepEqual(await round(), reports);
    assert.deepEqual(await round(), []);
    advance(47);
    assert.deepEqual(await round(), reports);
    advance(12.999);
    assert.deepEqual(await round(), []);
    advance(0.001);
    assert.deepEqual(await round(), reports);
  });

  it("of 0 is always there, an endless one never", async () => {
    waitset.attachInterval(Number.POSITIVE_INFINITY);
    advance(1e9);
    assert.deepEqual(await round(), []);
    const guard = waitset.attachInterval(0);
    for (let i = 0; i < 3; i++) assert.deepEqual(await round(), [{ kind: "interval", guard }]);
  });

  it("that a loop did not come to is still there", async () => {
    const guards = [waitset.attachInterval(1), waitset.attachInterval(1)];
    advance(1);
    const seen: Guard[] = [];
    const stop = ({ guard }: Attachment): "Stop" => {
      seen.push(guard);
      return "Stop";
    };
    for (let i = 0; i < 2; i++) assert.equal(await waitset.waitAndProcess(stop), "StopRequest");
    assert.deepEqual(seen, guards);
    advance(1);
    for await (const { guard } of waitset) {
      seen.push(guard);
      break;
    }
    assert.deepEqual(await round(), [{ kind: "interval", guard: guards[1] }]);
    assert.equal(seen[2], guards[0]);
  });
});

describe("a deadline of a wait set", () => {
  it("is missed every time until something comes", async () => {
    const { listener, notify } = alarm();
    const guard = waitset.attachDeadline(listener, 10);
    const missed = [{ kind: "missedDeadline", guard, source: listener }];
    for (let i = 0; i < 2; i++) {
      advance(10);
      assert.deepEqual(await round(), missed);
    }
    advance(6);
    notify();
    assert.deepEqual(await round(), [{ kind: "notification", guard, source: listener }]);
    listener.tryWait();
    advance(9);
    assert.deepEqual(await round(), []);
    advance(1);
    assert.deepEqual(await round(), missed);
  });

  it("is not missed by what came late but before anybody looked", async () => {
    const { listener, notify } = alarm();
    waitset.attachDeadline(listener, 10);
    advance(25);
    notify();
    assert.deepEqual(kinds(await round()), ["notification"]);
    listener.tryWait();
    advance(9);
    assert.deepEqual(await round(), []);
    advance(1);
    assert.deepEqual(kinds(await round()), ["missedDeadline"]);
  });

  it("and intervals come before events, whose own deadlines callbacks do not prolong", async () => {
    const [late, punctual] = [alarm("late"), alarm("punctual")];
    const event = waitset.attachDeadline(punctual.listener, 10);
    waitset.attachDeadline(late.listener, 2);
    waitset.attachInterval(3);
    advance(5);
    punctual.notify();
    const reports: string[] = [];
    await waitset.waitAndProcessOnce(({ kind }) => {
      reports.push(kind);
      advance(3);
    });
    assert.deepEqual(reports, ["missedDeadline", "interval", "notification"]);
    punctual.listener.tryWait();
    advance(1);
    const missed = (await round()).filter(({ guard }) => guard === event);
    assert.deepEqual(kinds(missed), ["missedDeadline"], "ten milliseconds after the event was found");
  });

  it("exists for descriptors as well", async () => {
    using sockets = new Sockets();
    const { receiver: fd, ring } = sockets.pair();
    const source = { fd };
    const guard = waitset.attachDeadline(source, 1);
    advance(1);
    assert.deepEqual(await round(), [{ kind: "missedDeadline", guard, source }]);
    ring();
    assert.deepEqual(await round(), [{ kind: "fileDescriptor", guard, fd }]);
    guard.release();
  });
});

describe("a listener that nobody drains", () => {
  /** Reports it as often as it is reported at once. */
  async function neglect({ notify }: Alarm): Promise<number> {
    notify();
    let reports = 0;
    while ((await round()).length > 0) reports++;
    return reports;
  }

  it("is named once, becomes rare, and does not delay others", async () => {
    using log = new LogCapture();
    const [forgotten, other] = [alarm("forgotten"), alarm("other")];
    const guard = waitset.attachNotification(forgotten.listener);
    waitset.attachNotification(other.listener);
    assert.ok((await neglect(forgotten)) >= 100);
    assert.match(
      log.messages.join(),
      /^warn: a wait set of .*listener.* is reported again and again.*tryWait\(\)/s,
    );
    for (let i = 0; i < 3; i++) {
      other.notify();
      assert.deepEqual(kinds(await round()), ["notification"]);
      other.listener.tryWait();
      assert.deepEqual(await round(), []);
      advance(9.999);
      assert.deepEqual(await round(), []);
      advance(0.001);
      assert.deepEqual(await round(), [{ kind: "notification", guard, source: forgotten.listener }]);
    }
    assert.equal(log.entries.length, 1);
  });

  it("is reported at once again when somebody drains it", async () => {
    using log = new LogCapture();
    const forgotten = alarm();
    waitset.attachNotification(forgotten.listener);
    await neglect(forgotten);
    forgotten.listener.tryWait();
    advance(10);
    assert.deepEqual(await round(), []);
    forgotten.notify();
    for (let i = 0; i < 50; i++) assert.equal((await round()).length, 1);
    assert.equal(log.entries.length, 1);
  });

  it("is not one that is drained each time, however busy it is", async () => {
    using log = new LogCapture();
    const { listener, notify } = alarm();
    waitset.attachNotification(listener);
    for (let i = 0; i < 1000; i++) {
      notify();
      assert.equal((await round()).length, 1);
      listener.tryWait();
      notify();
    }
    assert.deepEqual(log.entries, []);
  });

  it("wakes up a wait when it may be reported again", async () => {
    using _log = new LogCapture();
    const forgotten = alarm();
    const guard = waitset.attachNotification(forgotten.listener);
    await neglect(forgotten);
    const waiting = waitset.waitAndProcessOnce((report) => assert.equal(report.guard, guard));
    await new Promise((resolve) => setImmediate(resolve));
    advance(10);
    assert.equal(await waiting, "AllEventsHandled");
  });

  it("is attached all the same, and may be released and closed", async () => {
    using _log = new LogCapture();
    const forgotten = alarm();
    const guard = waitset.attachNotification(forgotten.listener);
    await neglect(forgotten);
    assert.throws(() => waitset.attachNotification(forgotten.listener), { code: "AlreadyAttached" });
    guard.release();
    const again = waitset.attachNotification(forgotten.listener);
    assert.ok((await neglect(forgotten)) >= 100);
    forgotten.listener.close();
    advance(10);
    assert.deepEqual(await round(), []);
    again.release();
  });
});
