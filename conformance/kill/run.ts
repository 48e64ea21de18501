/** As many episodes as it takes for a number of kills. */

import { Random } from "../random.ts";
import { emptyTally, runEpisode, type Tally } from "./episode.ts";
import { describePlan, type Language, planEpisode } from "./plan.ts";

/** How many kills an episode has. */
const EPISODE = 60;

export interface RunOptions {
  readonly seed: number;
  readonly kills: number;
  readonly languages: readonly Language[];
  /** Is told of every episode. */
  readonly log: (line: string) => void;
}

/** @throws Error of the first episode that fails. */
export async function run({ seed, kills, languages, log }: RunOptions): Promise<Tally> {
  const random = new Random(seed);
  const tally = emptyTally();
  while (tally.kills < kills) {
    const plan = planEpisode(random.seed(), Math.min(EPISODE, kills - tally.kills), languages);
    log(`episode ${tally.episodes + 1}, seed ${plan.seed}: ${describePlan(plan)}`);
    await runEpisode(plan, tally);
  }
  return tally;
}

/** Some lines for people. */
export function describeTally({ episodes, kills, lives, received, hangs, retries }: Tally): string {
  const tried = [...retries].map(([reason, count]) => `\n  ${count} x ${reason}`).sort();
  return `${kills} kills in ${episodes} episodes, ${lives} ports, ${received} messages checked; upstream hung: ${hangs}; tried again:${tried.join("") || " nothing"}`;
}
