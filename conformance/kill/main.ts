/**
 * Kills processes at random and checks what the others see:
 *
 *     npm run kill -- [--kills 3000] [--seed 42] [--language TypeScript]
 *     npm run kill -- --episode <seed of an episode> [--kills 60]
 *
 * A seed decides who dies when, but not what the machine does meanwhile: a failure may need some runs to come back.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { emptyTally, runEpisode } from "./episode.ts";
import { describePlan, LANGUAGES, type Language, planEpisode } from "./plan.ts";
import { describeTally, run } from "./run.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    seed: { type: "string" },
    episode: { type: "string" },
    language: { type: "string" },
  },
});
if (values.language !== undefined && !LANGUAGES.includes(values.language as Language)) {
  throw new Error(`"${values.language}" is none of the languages ${LANGUAGES.join(", ")}`);
}
const languages: readonly Language[] = LANGUAGES.filter(
  (language) => (values.language ?? language) === language,
);
if (values.episode === undefined) {
  const seed = Number(values.seed ?? randomInt(2 ** 32));
  console.log(`seed ${seed}`);
  const tally = await run({ seed, kills: Number(values.kills ?? 3000), languages, log: console.log });
  console.log(describeTally(tally));
} else {
  const plan = planEpisode(Number(values.episode), Number(values.kills ?? 60), languages);
  console.log(describePlan(plan));
  const tally = emptyTally();
  await runEpisode(plan, tally);
  console.log(describeTally(tally));
}
