/** What a waiting listener does to the life of its process, and what signals do to it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Child } from "../../testing/child.test-support.ts";
import { TestDomain } from "../../testing/test-domain.ts";

const LISTEN = `
  const node = Node.create({ config });
  const listener = node.service("Alarm").event().openOrCreate().listener();
`;

/** Runs a script to its end. */
async function run(script: string): Promise<string> {
  using domain = new TestDomain();
  const { code, signal, stdout, stderr } = await new Child(domain, LISTEN + script).ending();
  assert.deepEqual([code, signal, stderr], [0, null, ""], stdout);
  domain.assertClean();
  return stdout;
}

describe("a process", () => {
  it("ends although it has a listener that was waited for before", async () => {
    assert.equal(await run(`await listener.wait({ timeout: 1 }); say("waited");`), "waited\n");
  });

  it("ends while an unref'd listener waits, whenever it was unref'd", async () => {
    const unsettled = `process.on("exit", () => say("end")); process.exitCode = 0;`;
    assert.equal(await run(`${unsettled} listener.unref(); listener.wait();`), "end\n");
    assert.equal(await run(`${unsettled} listener.wait(); setImmediate(() => listener.unref());`), "end\n");
    assert.equal(await run(`${unsettled} listener.unref().wait({ timeout: 100_000 });`), "end\n");
  });

  it("lives while a listener waits, and while one is ref'd again", async () => {
    using domain = new TestDomain();
    for (const script of ["", "listener.unref();", "setImmediate(() => listener.unref());"]) {
      const isRef = script === "";
      const child = new Child(
        domain,
        `${LISTEN} ${script} listener.wait().then((found) => say("notified " + found[0].id));
         ${isRef ? "" : "setImmediate(() => setImmediate(() => listener.ref()));"}
         setImmediate(() => setImmediate(() => setImmediate(() => say("waiting"))));`,
      );
      assert.equal(await child.line(), "waiting");
      const notifying = new Child(
        domain,
        `Node.create({ config }).service("Alarm").event().open().notifier().notify(5);`,
      );
      assert.equal((await notifying.ending()).code, 0);
      const { code, stdout } = await child.ending();
      assert.deepEqual([code, stdout], [0, "notified 5\n"]);
    }
    domain.assertClean();
  });

  it("may be ended by process.exit in the middle of a wait", async () => {
    assert.equal(await run(`listener.wait(); setImmediate(() => process.exit(0));`), "");
  });
});

describe("SIGINT and SIGTERM", () => {
  const waits: readonly (readonly [what: string, script: string])[] = [
    ["wait", `const found = await listener.wait(); say("ended " + found.length);`],
    ["for await", `for await (const _ of listener); say("ended 0");`],
    ["timedWaitOne", `say("ended " + ((await listener.timedWaitOne(100_000)) ?? 0));`],
  ];
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    for (const [what, script] of waits) {
      it(`${signal} ends ${what}, and the process goes on`, async () => {
        using domain = new TestDomain();
        const child = new Child(
          domain,
          `${LISTEN} setImmediate(() => setImmediate(() => say("waiting"))); ${script}`,
        );
        await child.line();
        child.kill(signal);
        const { code, stdout } = await child.ending();
        assert.deepEqual([code, stdout], [0, "ended 0\n"]);
        domain.assertClean();
      });
    }

    it(`${signal} interrupts a blocking wait with an error, and ends those that follow`, async () => {
      using domain = new TestDomain();
      const child = new Child(
        domain,
        `${LISTEN} import { writeSync } from "node:fs";
         process.on("${signal}", () => {});
         writeSync(1, "waiting\\n");
         try { listener.waitSync(); } catch (error) { writeSync(1, error.name + " " + error.code + "\\n"); }
         await new Promise((resolve) => setTimeout(resolve, 1));
         say("ended " + (await listener.wait()).length);
         process.exit();`,
      );
      await child.line();
      // It may not block yet, so one signal is not enough.
      const signals = setInterval(() => child.kill(signal), 5);
      assert.equal(await child.line(), "ListenerWaitError InterruptSignal");
      const { code, stdout } = await child.ending();
      clearInterval(signals);
      assert.deepEqual([code, stdout], [0, "ended 0\n"]);
      domain.assertClean();
    });
  }

  it("do not end the process while a wait blocks it, nor for longer than that", async () => {
    const count = `say(["SIGINT", "SIGTERM"].map((signal) => process.listenerCount(signal)).join());`;
    const turns = `for (let i = 0; i < 9; i++) await new Promise((resolve) => setImmediate(resolve));`;
    const printed = await run(
      `${count} for (let i = 0; i < 9; i++) listener.waitSync(0); ${count} ${turns} ${count}`,
    );
    assert.equal(printed, "0,0\n1,1\n0,0\n");
  });
});
