/**
 * Sends random messages of 8 B to 64 KiB both ways between the ends of a pair, and kills one end again and again:
 *
 *     npm run pair-kills -- [--messages 1000000] [--kills 50] [--seed 42]
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { describeReport, killVictims } from "./run.ts";

const { values } = parseArgs({
  options: { messages: { type: "string" }, kills: { type: "string" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? randomInt(2 ** 32));
console.log(`seed ${seed}`);
const plan = { messages: Number(values.messages ?? 1_000_000), kills: Number(values.kills ?? 50), seed };
console.log(describeReport(await killVictims(plan)));
