/**
 * Races notifiers against a listener:
 *
 *     npm run stress -- [--notifies 20000000] [--seed 42]
 *
 * A seed decides how long the notifiers pause, but not what the machine does meanwhile.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { describeReport, stress } from "./run.ts";

const { values } = parseArgs({ options: { notifies: { type: "string" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? randomInt(2 ** 32));
console.log(`seed ${seed}`);
const notifies = Number(values.notifies ?? 20_000_000);
const report = await stress({ notifies, languages: ["TypeScript", "TypeScript", "Python"], seed });
console.log(describeReport(report));
