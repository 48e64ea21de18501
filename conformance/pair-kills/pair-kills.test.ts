/** A small part of `npm run pair-kills`. */
import { randomInt } from "node:crypto";
import process from "node:process";
import { test } from "node:test";
import { describeReport, killVictims } from "./run.ts";

test("whoever is killed at the other end of a pair, nothing is lost, torn, doubled or out of order", async (t) => {
  const seed = Number(process.env["IOX2_KILL_SEED"] ?? randomInt(2 ** 32));
  t.diagnostic(`IOX2_KILL_SEED=${seed}`);
  t.diagnostic(describeReport(await killVictims({ messages: 10_000, kills: 8, seed })));
});
