/**
 * Races notifiers against a listener:
 *
 *     npm run stress -- [--notifies 20000000] [--seed 42]
 *
 * Half of the notifications go to a listener, half to its bare channel. A seed decides how long the notifiers pause,
 * but not what the machine does meanwhile.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { describeReport, stress } from "./run.ts";

const { values } = parseArgs({ options: { notifies: { type: "string" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? randomInt(2 ** 32));
console.log(`seed ${seed}`);
const notifies = Number(values.notifies ?? 20_000_000) / 2;
for (const taker of ["listener", "channel"] as const) {
  const languages = ["TypeScript", "TypeScript", "Python"] as const;
  console.log(`${taker}: ${describeReport(await stress({ taker, notifies, languages, seed }))}`);
}
