/** How the waits of a wait set begin and end. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { AlreadyWaitingError } from "../base/general-errors.ts";
import { NodeState } from "../lifecycle/node-state.ts";
import { hostOs } from "../os/host.ts";
import { Child } from "../testing/child.test-support.ts";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import { FailingOs } from "../testing/os.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import { NodeWaitSet } from "./node-wait-set.ts";

const LONG = 100_000;
const never = (): never => assert.fail("must not be called");
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("waiting for a wait set", () => {
  it(
    "goes on until the callback stops it",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      waitset.attachInterval(1);
      let calls = 0;
      assert.equal(await waitset.waitAndProcess(() => (++calls < 3 ? "Continue" : "Stop")), "StopRequest");
      assert.equal(await waitset.waitAndProcessOnce(() => "Stop"), "StopRequest");
      assert.equal(calls, 3);
    }),
  );

  it(
    "ends when nothing comes in time",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      waitset.attachInterval(LONG);
      assert.equal(await waitset.waitAndProcess(never, { timeout: 2 }), "AllEventsHandled");
      assert.equal(await waitset.waitAndProcessOnce(never, { timeout: 0 }), "AllEventsHandled");
      for await (const _ of waitset.attachments({ timeout: 2 })) assert.fail();
    }),
  );

  it(
    "takes the whole time whenever nothing comes, also after an event was taken",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      const service = node.service("a").event().create();
      const [first, second] = [service.listener(), service.listener()];
      for (const listener of [first, second]) waitset.attachNotification(listener);
      service.notifier().notify();
      await waitset.waitAndProcessOnce((attachment) => {
        assert(attachment.kind === "notification");
        attachment.source.tryWait();
      });
      for (let i = 0; i < 3; i++) {
        const start = process.hrtime.bigint();
        assert.equal(await waitset.waitAndProcessOnce(never, { timeout: 10 }), "AllEventsHandled");
        // Timers of Node.js count whole milliseconds and may be early by less than one.
        assert.ok(Number(process.hrtime.bigint() - start) / 1e6 > 9);
      }
    }),
  );

  it(
    "ends when it or its node is closed",
    inDomainAsync(async (_node, { config }) => {
      for (const closes of ["waitset", "node"]) {
        using node = Node.create({ config, signals: "ignore" });
        using waitset = node.waitSet();
        waitset.attachInterval(LONG);
        const processing = waitset.waitAndProcess(never);
        await turn();
        (closes === "node" ? node : waitset).close();
        assert.equal(await processing, "StopRequest");
      }
      using node = Node.create({ config, signals: "ignore" });
      using waitset = node.waitSet();
      waitset.attachInterval(1);
      for await (const { kind } of waitset) {
        assert.equal(kind, "interval");
        waitset.close();
      }
      using another = node.waitSet();
      another.attachInterval(1);
      assert.equal(await another.waitAndProcess(() => another.close()), "StopRequest");
    }),
  );

  it(
    "is rejected when its signal is aborted, before, meanwhile and in a loop",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      const reason = new Error("enough");
      waitset.attachInterval(LONG);
      await assert.rejects(waitset.waitAndProcess(never, { signal: AbortSignal.abort(reason) }), reason);
      const controller = new AbortController();
      const { signal } = controller;
      const waiting = waitset.waitAndProcessOnce(never, { signal });
      await turn();
      controller.abort(reason);
      await assert.rejects(waiting, reason);
      await assert.rejects(waitset.attachments({ signal }).next(), reason);
    }),
  );

  it(
    "is rejected with what the callback throws, and nothing is lost",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      const service = node.service("a").event().create();
      const listener = service.listener();
      waitset.attachNotification(listener);
      service.notifier().notify(7);
      const fail = (): never => {
        throw new Error("broken");
      };
      await assert.rejects(waitset.waitAndProcess(fail), /broken/);
      for await (const { kind } of waitset) {
        assert.equal(kind, "notification");
        break;
      }
      assert.deepEqual(listener.tryWait(), [{ id: 7, count: 1 }]);
    }),
  );

  it(
    "is for one at a time",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      waitset.attachInterval(LONG);
      const waiting = waitset.waitAndProcess(never);
      await turn();
      await assert.rejects(waitset.waitAndProcessOnce(never), AlreadyWaitingError);
      await assert.rejects(waitset.attachments().next(), AlreadyWaitingError);
      waitset.close();
      await waiting;
    }),
  );

  it(
    "costs nothing while nothing comes, and leaves nothing behind",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      waitset.attachNotification(node.service("a").event().create().listener());
      const interval = waitset.attachInterval(LONG);
      const active = (): string[] =>
        process.getActiveResourcesInfo().filter((name) => ["Timeout", "Immediate"].includes(name));
      const before = active();
      const waiting = waitset.waitAndProcess(never);
      for (let i = 0; i < 3; i++) await turn();
      assert.equal(active().length, before.length + 1, "the timer of the interval");
      interval.release();
      assert.deepEqual(active(), before);
      waitset.close();
      await waiting;
    }),
  );

  it(
    "wakes up for a listener with a bell that nobody rings",
    inDomainAsync(async (node) => {
      const waitset = node.waitSet();
      const service = node.service("a").event().create();
      const listener = service.listener();
      waitset.attachNotification(listener);
      const waiting = waitset.waitAndProcessOnce(() => {});
      await turn();
      service.notifier().notify(1);
      // A notifier that died between its steps leaves that: the bell is said to ring, but does not.
      hostOs().receive(listener.fd, new Uint8Array(8));
      assert.equal(await waiting, "AllEventsHandled");
      assert.deepEqual(listener.tryWait(), [{ id: 1, count: 1 }]);
    }),
  );

  it(
    "heeds signals as the node does, unless it is told otherwise",
    inDomainAsync(async (_node, { config }) => {
      using attentive = Node.create({ config });
      assert.equal(attentive.waitSet().signals, "wait");
      assert.equal(attentive.waitSet({ signals: "ignore" }).signals, "ignore");
      using deaf = Node.create({ config, signals: "ignore" });
      assert.equal(deaf.waitSet().signals, "ignore");
    }),
  );

  it("fails when there are no descriptors any more", () => {
    using domain = new TestDomain();
    const failing = new FailingOs(["openDescriptorSet"], "EMFILE");
    const state = NodeState.create(failing.os, domain.config, "");
    failing.arm(1);
    const expected = { name: "WaitSetCreateError", code: "InsufficientResources" };
    assert.throws(() => new NodeWaitSet(state, {}), expected);
    state.close();
    domain.assertClean();
  });
});

describe("a process with a wait set", () => {
  const PROGRAM = `
    const node = Node.create({ config });
    const service = node.service("a").event().openOrCreate();
    const waitset = node.waitSet();
    waitset.attachNotification(service.listener());
    process.on("exit", () => say("exit"));
  `;

  async function run(script: string, signal?: NodeJS.Signals): Promise<readonly [number | null, string]> {
    using domain = new TestDomain();
    const child = new Child(domain, PROGRAM + script);
    if (signal !== undefined) {
      await child.line();
      child.kill(signal);
    }
    const { code, stdout, stderr } = await child.ending();
    assert.equal(stderr, "");
    domain.assertClean();
    return [code, stdout];
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`ends its wait at ${signal}, and does not wait any more`, async () => {
      const script = `
        setTimeout(() => say("waits"));
        say(await waitset.waitAndProcess(() => {}));
        say(await waitset.waitAndProcessOnce(() => {}));
        for await (const _ of waitset) say("never");
        waitset.close();
        say(await node.waitSet().waitAndProcess(() => {}));`;
      const lines = "TerminationRequest\n".repeat(3);
      assert.deepEqual(await run(script, signal), [0, `${lines}exit\n`]);
    });
  }

  it("is not ended by signals that it ignores", async () => {
    const script = `
      const deaf = node.waitSet({ signals: "ignore" });
      deaf.attachInterval(1);
      process.once("SIGTERM", () => say("SIGTERM"));
      let count = 0;
      say("waits");
      say(await deaf.waitAndProcess(() => (++count < 200 ? "Continue" : "Stop")));`;
    assert.deepEqual(await run(script, "SIGTERM"), [0, "SIGTERM\nStopRequest\nexit\n"]);
  });

  it("does not live on for waits that are unref'd", async () => {
    for (const statement of ["waitset.unref();", "setImmediate(() => waitset.unref());"]) {
      const script = `
        waitset.attachInterval(100_000);
        waitset.waitAndProcess(() => {});
        ${statement}`;
      assert.deepEqual(await run(script), [0, "exit\n"]);
    }
  });

  it("lives on for waits that are ref'd again", async () => {
    const script = `
      waitset.unref();
      const waiting = waitset.waitAndProcessOnce(({ kind }) => say(kind));
      waitset.ref();
      say("waits");
      setTimeout(() => service.notifier().notify(), 10).unref();
      await waiting;`;
    assert.deepEqual(await run(script), [0, "waits\nnotification\nexit\n"]);
  });
});
