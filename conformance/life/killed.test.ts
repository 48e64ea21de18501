/** A process that is killed before any system call it makes blocks nobody and leaves nothing to those who come. */
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { describe, test } from "node:test";
import type { TestDomain } from "iceoryx2-ts/testing";
import { Peer, type PeerPort } from "../peer.ts";
import { skipWithoutPython } from "../python.ts";
import { Actor, ActorError } from "./actor.ts";
import {
  ACTOR_CONFIG,
  assertAllIsCleanedUp,
  countCalls,
  follow,
  forEachNumber,
  Other,
  SCENARIOS,
  type Scenario,
  scenarioDomain,
} from "./scenarios.ts";

/** Python is asked at every so many system calls. */
const STRIDE = 7;

/** @returns when it died, in words. */
async function killBefore(
  domain: TestDomain,
  call: number,
  { preparation, steps }: Scenario,
): Promise<string> {
  await using actor = Actor.start(domain, ACTOR_CONFIG);
  await follow(actor, preparation);
  await actor.do("arm", { call, signal: "SIGKILL" });
  for (const step of steps) actor.begin(...step);
  let report = await actor.report();
  while (!("before" in report)) {
    if ("error" in report) throw new ActorError(report.error);
    report = await actor.report();
  }
  await actor.hasDied();

  return `killed before call ${call}, ${report.before}`;
}

/** Somebody who comes then can use the service, and when all have gone nothing is left. */
async function assertUsable(domain: TestDomain, when: string, survivor?: Other): Promise<void> {
  try {
    using next = new Other(domain);
    await next.open();
    next.exchange();
    survivor?.exchange();
  } catch (error) {
    assert.fail(`${when}: ${error}`);
  }
  survivor?.close();
  await assertAllIsCleanedUp(domain, when);
}

describe("a process that is killed while", () => {
  for (const scenario of SCENARIOS) {
    test(scenario.name, async () => {
      const calls = await countCalls(scenario);
      assert.ok(calls > 20, `only ${calls} system calls`);
      await forEachNumber(calls, async (call) => {
        using domain = scenarioDomain();
        using survivor = scenario.isServiceThere ? new Other(domain) : undefined;
        survivor?.exchange();
        const when = await killBefore(domain, call, scenario);
        await assertUsable(domain, when, survivor);
      });
    });
  }
});

/** Upstream waits without end for such an object to grow. */
function hasEmptySharedMemory({ prefix }: TestDomain): boolean {
  const names = readdirSync("/dev/shm").filter((name) => name.startsWith(prefix));
  return names.some((name) => statSync(`/dev/shm/${name}`).size === 0);
}

/** How Python fails, which does not remove what nobody will ever finish. */
const BLOCKED = ["HangsInCreation", "SystemInFlux", "IsMarkedForDestruction"];

describe("a process that is killed while it creates a service", { skip: skipWithoutPython }, () => {
  test("is no obstacle for Python either, unless the service is half built, and then not for us", async () => {
    const scenario = SCENARIOS.find(({ name }) => name.startsWith("creating a service"))!;
    const samples = Math.floor((await countCalls(scenario)) / STRIDE);
    await using peer = await Peer.start();
    const served: boolean[] = [];
    await forEachNumber(samples, async (sample) => {
      using domain = scenarioDomain();
      const when = await killBefore(domain, sample * STRIDE, scenario);
      if (hasEmptySharedMemory(domain)) return;
      const { prefix, rootPath } = domain;
      const node = await peer.request<PeerPort>("node_create", { prefix, root_path: rootPath });
      const errors = await peer.request<object>("race", { node: node.handle, name: "a service", rounds: 1 });
      const unexpected = Object.keys(errors).filter((error) => !BLOCKED.includes(error));
      assert.deepEqual(unexpected, [], when);
      served.push(Object.keys(errors).length === 0);
      await peer.request("drop", { handle: node.handle });
      await assertUsable(domain, when);
    });
    assert.ok(served.includes(true));
  });
});
