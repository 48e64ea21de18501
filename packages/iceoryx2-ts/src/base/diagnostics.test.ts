import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { DiagnosticsCapture } from "../testing/diagnostics-capture.test-support.ts";
import { diagnose, type NodeDead } from "./diagnostics.ts";

const NODE: NodeDead = { nodeId: 1n, name: "camera", process: 7 };

describe("diagnostics", () => {
  it("reach who subscribed to the channel, and nobody else", () => {
    using dead = new DiagnosticsCapture("iceoryx2.node.dead");
    using lost = new DiagnosticsCapture("iceoryx2.sample.lost");
    diagnose("iceoryx2.node.dead", () => NODE);
    assert.deepEqual([dead.messages, lost.messages], [[NODE], []]);
  });

  it("are not even made without subscribers", () => {
    const make = (): never => assert.fail("it was made");
    diagnose("iceoryx2.node.dead", make);
    new DiagnosticsCapture("iceoryx2.node.dead")[Symbol.dispose]();
    diagnose("iceoryx2.node.dead", make);
  });

  it("do no harm when a subscriber throws: that is an uncaught exception", () => {
    const script = `
      import { subscribe } from "node:diagnostics_channel";
      const { diagnose } = await import(${JSON.stringify(new URL("./diagnostics.js", import.meta.url))});
      process.on("uncaughtException", ({ message }) => console.log("uncaught:", message));
      subscribe("iceoryx2.node.dead", () => { throw new Error("deliberate"); });
      diagnose("iceoryx2.node.dead", () => ({ nodeId: 1n, name: "", process: 1 }));
      console.log("went on");`;
    const args = ["--input-type=module", "-e", script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    assert.equal(stdout, "went on\nuncaught: deliberate\n", stderr);
  });
});
