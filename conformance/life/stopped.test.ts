/** A process that stops before any system call it makes is not robbed: it goes on as if nothing had been. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Actor, ActorError, type Report, type Step } from "./actor.ts";
import {
  ACTOR_CONFIG,
  assertNothingIsLeft,
  countCalls,
  follow,
  forEachNumber,
  Other,
  SCENARIOS,
  type Scenario,
  scenarioDomain,
} from "./scenarios.ts";

/** How others may fail while the service is in the hands of somebody who does not go on. */
const NOT_NOW = ["HangsInCreation", "IsMarkedForDestruction", "SystemInFlux"];
/** How a creator fails when somebody else was faster. */
const TOO_LATE = ["AlreadyExists", "IsBeingCreatedByAnotherInstance"];

interface Ended {
  readonly failure: ActorError | undefined;
}

/** Fetches the results of all steps; `onStop` runs while the actor is stopped. What follows a failure fails too. */
async function finish(
  actor: Actor,
  steps: readonly Step[],
  onStop: (call: string) => Promise<void>,
): Promise<Ended> {
  let failure: ActorError | undefined;
  for (const _ of steps) {
    let report: Report = await actor.report();
    if ("before" in report) {
      await actor.hasStopped();
      await onStop(report.before);
      actor.resume();
      report = await actor.report();
    }
    if ("error" in report) failure ??= new ActorError(report.error);
  }
  return { failure };
}

/** @returns whether somebody else could use the service meanwhile. */
async function stopBefore(call: number, { isServiceThere, preparation, steps }: Scenario): Promise<boolean> {
  using domain = scenarioDomain();
  using survivor = isServiceThere ? new Other(domain) : undefined;
  survivor?.exchange();
  using other = new Other(domain);
  await using actor = Actor.start(domain, ACTOR_CONFIG);
  await follow(actor, preparation);
  await actor.do("arm", { call, signal: "SIGSTOP" });
  for (const step of steps) actor.begin(...step);

  let when = `stopped before call ${call}`;
  let gotService = false;
  const { failure } = await finish(actor, steps, async (before) => {
    when += `, ${before}`;
    try {
      await other.open();
      other.exchange();
      gotService = true;
    } catch (error) {
      assert.ok(NOT_NOW.includes((error as ActorError).code ?? ""), `${when} the other one failed: ${error}`);
    }
  });
  if (failure !== undefined) {
    const isTooLate = gotService && TOO_LATE.includes(failure.code ?? "");
    assert.ok(isTooLate, `${when} it failed afterwards: ${failure.name} ${failure.code} ${failure.message}`);
  }
  survivor?.exchange();
  await follow(actor, [["node"], ["service", { verb: "openOrCreate" }], ["ports"]]);
  await other.exchangeWith(actor);
  other.close();
  survivor?.close();
  await actor.end();
  assertNothingIsLeft(domain, when);
  return gotService;
}

describe("a process that stops for a while when it is", () => {
  for (const scenario of SCENARIOS) {
    test(scenario.name, async () => {
      const calls = await countCalls(scenario);
      const served = new Set<boolean>();
      await forEachNumber(calls, async (call) => {
        served.add(await stopBefore(call, scenario));
      });
      // Only a service that is half built or half removed keeps others out.
      const mayKeepOut = scenario.preparation.length > 0 && !scenario.isServiceThere;
      assert.deepEqual(served, new Set(mayKeepOut ? [true, false] : [true]));
    });
  }
});
