/** What happens to open nodes when their process ends. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { Node } from "../api/node.ts";
import { Child, type Ending } from "../testing/child.test-support.ts";
import { TestDomain } from "../testing/test-domain.ts";
import type { SignalMode } from "./termination.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs a child, sends it a signal once it says that it is ready, and waits for its end. */
async function interrupt(domain: TestDomain, script: string, signal: NodeJS.Signals): Promise<Ending> {
  const child = new Child(domain, script);
  assert.equal(await child.line(), "ready");
  child.kill(signal);
  return child.ending();
}

function openNode(mode: SignalMode): string {
  return `
    const node = Node.create({ config, signals: "${mode}" });
    node.service("a").publishSubscribe(u64).create().publisher().sendCopy(1n);`;
}

const STAY_ALIVE = "setInterval(() => {}, 1000);";

describe("an open node is closed when its process", () => {
  const endings: readonly [how: string, script: string, code: number][] = [
    ["has nothing more to do", "", 0],
    ["calls process.exit", "setTimeout(() => process.exit(3), 1); setInterval(() => {}, 1000);", 3],
    ["dies of an exception", 'setTimeout(() => { throw new Error("oh"); }, 1);', 1],
    ["dies of a rejection", 'Promise.reject(new Error("oh"));', 1],
    ["has several nodes", "Node.create({ config }); Node.create({ config });", 0],
  ];
  for (const [how, script, code] of endings) {
    it(how, async () => {
      using domain = new TestDomain();
      const ending = await new Child(domain, openNode("wait") + script).ending();
      assert.deepEqual([ending.code, ending.signal], [code, null], ending.stderr);
      if (code === 1) assert.match(ending.stderr, /Error: oh/);
      domain.assertClean();
    });
  }

  it("ends with a loan that was neither sent nor released", async () => {
    using domain = new TestDomain();
    const script = `${openNode("wait")}
      globalThis.loan = node.service("a").publishSubscribe(u64).open().publisher().loan();`;
    const ending = await new Child(domain, script).ending();
    assert.deepEqual([ending.code, ending.stderr], [0, ""]);
    domain.assertClean();
  });
});

describe("a signal", () => {
  for (const signal of SIGNALS) {
    it(`${signal} ends a loop that has found everything without waiting`, async () => {
      using domain = new TestDomain();
      const script = `
        const node = Node.create({ config });
        const service = node.service("a").publishSubscribe(u64).create();
        const [publisher, subscriber] = [service.publisher(), service.subscriber()];
        publisher.sendCopy(1n);
        for await (const sample of subscriber) {
          if (sample.payload === 1n) process.kill(process.pid, "${signal}");
          publisher.sendCopy(2n);
        }
        say("exit");
        node.close();`;
      const ending = await new Child(domain, script).ending();
      assert.deepEqual(ending, { code: 0, signal: null, stdout: "exit\n", stderr: "" });
      domain.assertClean();
    });

    it(`${signal} ends a wait, and the process goes on and exits by itself`, async () => {
      using domain = new TestDomain();
      const script = `${openNode("wait")}
        const wait = node.wait(60_000);
        say("ready");
        say("waited: " + await wait);
        say("again: " + await node.wait(60_000));`;
      const ending = await interrupt(domain, script, signal);
      assert.deepEqual([ending.code, ending.signal], [0, null], ending.stderr);
      assert.equal(ending.stdout, "waited: false\nagain: false\n");
      domain.assertClean();
    });

    it(`${signal} ends ticks`, async () => {
      using domain = new TestDomain();
      const script = `${openNode("wait")}
        let ticks = 0;
        for await (const _ of node.ticks(5)) if (++ticks === 2) say("ready");
        say("ended");`;
      const ending = await interrupt(domain, script, signal);
      assert.deepEqual([ending.code, ending.signal, ending.stdout.slice(-6)], [0, null, "ended\n"]);
      domain.assertClean();
    });

    it(`${signal} ends the wait beside a handler of the user's`, async () => {
      using domain = new TestDomain();
      const script = `${openNode("wait")}
        process.on("${signal}", () => say("user"));
        const wait = node.wait(60_000);
        say("ready");
        say("waited: " + await wait);`;
      const ending = await interrupt(domain, script, signal);
      assert.deepEqual([ending.code, ending.stdout.split("\n").sort()], [0, ["", "user", "waited: false"]]);
      domain.assertClean();
    });

    it(`${signal} kills a process that does not wait; the next node cleans up after it`, async () => {
      using domain = new TestDomain();
      const script = `${openNode("wait")} await node.wait(1); ${STAY_ALIVE} setTimeout(() => say("ready"), 5);`;
      const ending = await interrupt(domain, script, signal);
      assert.deepEqual([ending.code, ending.signal], [null, signal], ending.stderr);
      assert.deepEqual(
        Node.list(domain.config).map(({ state }) => state),
        ["Dead"],
      );
      Node.create({ config: domain.config }).close();
      domain.assertClean();
    });

    it(`${signal} closes a node in mode "cleanup" and then kills the process`, async () => {
      using domain = new TestDomain();
      const script = `${openNode("cleanup")} ${STAY_ALIVE} say("ready");`;
      const ending = await interrupt(domain, script, signal);
      assert.deepEqual([ending.code, ending.signal], [null, signal], ending.stderr);
      domain.assertClean();
    });

    it(`${signal} is the user's alone who handles it, also in mode "cleanup"`, async () => {
      using domain = new TestDomain();
      const script = `${openNode("cleanup")}
        const timer = setInterval(() => {}, 1000);
        process.on("${signal}", () => { say("user, closed: " + node.closed); clearInterval(timer); });
        say("ready");`;
      const ending = await interrupt(domain, script, signal);
      assert.deepEqual([ending.code, ending.signal], [0, null], ending.stderr);
      assert.equal(ending.stdout, "user, closed: false\n");
      domain.assertClean();
    });

    it(`${signal} does not end a wait in mode "ignore"`, async () => {
      using domain = new TestDomain();
      const script = `${openNode("ignore")}
        process.on("${signal}", () => setTimeout(() => { say("closing"); node.close(); }, 5));
        say("ready");
        say("waited: " + await node.wait(60_000));`;
      const ending = await interrupt(domain, script, signal);
      assert.deepEqual([ending.code, ending.signal], [0, null], ending.stderr);
      assert.equal(ending.stdout, "closing\nwaited: false\n");
      domain.assertClean();
    });
  }
});

describe("the handlers of signals and of the exit", () => {
  const installed = (): number[] =>
    ["SIGINT", "SIGTERM", "exit", "uncaughtException", "unhandledRejection"].map((event) =>
      process.listenerCount(event),
    );
  /** The handlers stay for some turns after they were needed, for a loop may wait again. */
  const someTurns = async (): Promise<void> => {
    for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  it("stay for those who wait again in the same turn", async () => {
    using domain = new TestDomain();
    const before = installed();
    const node = Node.create({ config: domain.config });
    await node.wait(1);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(installed()[0], before[0]! + 1);
    node.close();
    await someTurns();
    assert.deepEqual(installed(), before);
  });

  it("are there only while they are needed", async () => {
    using domain = new TestDomain();
    const before = installed();
    const [int, term, exit, ...exceptions] = before as [number, number, number, number, number];
    const node = Node.create({ config: domain.config });
    assert.deepEqual(installed(), [int, term, exit + 1, ...exceptions]);
    const waits = [node.wait(1), node.wait(60_000)];
    assert.deepEqual(installed(), [int + 1, term + 1, exit + 1, ...exceptions]);
    await waits[0];
    node.close();
    await waits[1];
    await someTurns();
    assert.deepEqual(installed(), before);
  });

  it('of a node in mode "cleanup" are there as long as it is open', async () => {
    using domain = new TestDomain();
    const before = installed();
    const nodes = [1, 2].map(() => Node.create({ config: domain.config, signals: "cleanup" }));
    assert.equal(installed()[0], before[0]! + 1);
    nodes[0]!.close();
    await someTurns();
    assert.equal(installed()[0], before[0]! + 1);
    nodes[1]!.close();
    await someTurns();
    assert.deepEqual(installed(), before);
  });

  it('of a node in mode "ignore" never are', async () => {
    using domain = new TestDomain();
    const before = installed();
    const node = Node.create({ config: domain.config, signals: "ignore" });
    const wait = node.wait(60_000);
    assert.deepEqual(installed().slice(0, 2), before.slice(0, 2));
    node.close();
    assert.equal(await wait, false);
  });
});
