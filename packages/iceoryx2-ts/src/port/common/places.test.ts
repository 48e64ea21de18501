/** Errors about too many loans and samples that say where those were taken. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { TestDomain } from "../../testing/test-domain.ts";

/** The messages of a program's errors; what it takes, it takes in functions of these names. */
function messagesOf(options: object, environment: Readonly<Record<string, string>> = {}): string[] {
  using domain = new TestDomain();
  const index = JSON.stringify(new URL("../../index.js", import.meta.url));
  const { prefix, rootPath } = domain;
  const script = `
    const { Config, Node, u64 } = await import(${index});
    const config = Config.with(Config.default(), { global: ${JSON.stringify({ prefix, rootPath })} });
    const node = Node.create({ config, ...${JSON.stringify(options)} });
    const service = node.service("a").publishSubscribe(u64).create({ subscriberMaxBufferSize: 8 });
    const publisher = service.publisher({ maxLoanedSamples: 3 });
    const subscriber = service.subscriber();
    const fail = (take) => {
      try {
        take();
      } catch (error) {
        console.log(JSON.stringify(error.message));
      }
    };
    const takeOften = () => publisher.loan();
    const takeOnce = () => publisher.loanUninit();
    const giveBack = () => publisher.loan().release();
    giveBack();
    const held = [takeOnce()];
    for (let round = 0; round < 2; round++) held.push(takeOften());
    fail(() => publisher.loan());
    for (const loan of held) loan.release();
    for (let round = 0; round < 4; round++) publisher.sendCopy(1n);
    const receiveOnce = () => subscriber.receive();
    const passing = () => subscriber.receive().release();
    const first = receiveOnce();
    passing();
    const keepOne = () => subscriber.drain((sample) => { if (held.length === 3) held.push(sample.keep()); });
    keepOne();
    publisher.sendCopy(1n);
    fail(() => subscriber.receive());
    node.close();`;
  const args = ["--input-type=module", "-e", script];
  const env = { ...process.env, IOX2_TRACK_SAMPLES: "", ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env });
  assert.equal(status, 0, stderr);
  domain.assertClean();
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as string);
}

function assertPlaces([loans, samples, ...others]: readonly string[]): void {
  assert.deepEqual(others, []);
  assert.match(loans!, /^cannot loan from publisher of service "a": 3 samples are already on loan/);
  assert.match(
    loans!,
    /Held are:\n {2}1 taken\n {4}at takeOnce .*\n(?: {4}at .*\n)* {2}2 taken\n {4}at takeOften /,
  );
  assert.match(samples!, /^cannot receive with subscriber of service "a": 2 samples/);
  assert.match(
    samples!,
    /Held are:\n {2}1 taken\n {4}at receiveOnce .*\n(?: {4}at .*\n)* {2}1 taken\n {4}at keepOne /,
  );
  for (const message of [loans!, samples!]) {
    assert.doesNotMatch(message, /giveBack|passing/, "those are not held any more");
    assert.doesNotMatch(message, /\/(port|api)\//, "the library's own frames are left out");
  }
}

describe("errors about too many loans and samples", () => {
  it("list where they were taken if the node was asked for it", () => {
    assertPlaces(messagesOf({ trackSamples: true }));
  });

  it("list where they were taken if the environment asks for it, unless the node does not want to", () => {
    assertPlaces(messagesOf({}, { IOX2_TRACK_SAMPLES: "1" }));
    const messages = messagesOf({ trackSamples: false }, { IOX2_TRACK_SAMPLES: "1" });
    for (const message of messages) assert.doesNotMatch(message, /Held are/);
  });

  it("say how to have them listed otherwise", () => {
    for (const message of messagesOf({})) {
      assert.match(message, / IOX2_TRACK_SAMPLES=1 shows where they were taken\.$/);
    }
  });
});
