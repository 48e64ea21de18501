/** Processes of both languages are killed at random, and the others must not notice more than they have to. */
import { randomInt } from "node:crypto";
import process from "node:process";
import { describe, type TestContext, test } from "node:test";
import { skipWithoutPython } from "../python.ts";
import { LANGUAGES, type Language } from "./plan.ts";
import { describeTally, run } from "./run.ts";

async function kill(t: TestContext, kills: number, languages: readonly Language[]): Promise<void> {
  const seed = Number(process.env["IOX2_KILL_SEED"] ?? randomInt(2 ** 32));
  t.diagnostic(`IOX2_KILL_SEED=${seed}`);
  const tally = await run({ seed, kills, languages, log: (line) => t.diagnostic(line) });
  t.diagnostic(describeTally(tally));
}

describe("whoever is killed at any instant loses nothing that it sent and leaves nothing behind", () => {
  test("in TypeScript alone", (t) => kill(t, 60, ["TypeScript"]));
  test("in both languages", { skip: skipWithoutPython }, (t) => kill(t, 240, LANGUAGES));
});
