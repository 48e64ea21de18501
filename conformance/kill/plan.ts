/** What an episode consists of: everything about it that its seed decides beforehand. */
import { Random } from "../random.ts";

/** What the programs that are killed are written in. */
export type Language = "TypeScript" | "Python";

export const LANGUAGES: readonly Language[] = ["TypeScript", "Python"];

export type Role = "publisher" | "subscriber";

/** A place in the fleet that always has a process. */
export interface MemberPlan {
  readonly name: string;
  readonly language: Language;
  readonly role: Role;
  /** It is never killed: its one life sees all others come and go. */
  readonly survives: boolean;
  /** Of its instants of death, and of what its processes do. */
  readonly seed: number;
}

/** The settings of the service, as small as the fleet allows: who leaves something behind keeps a successor out. */
export interface ServicePlan {
  readonly enableSafeOverflow: boolean;
  readonly historySize: number;
  readonly subscriberMaxBufferSize: number;
  readonly subscriberMaxBorrowedSamples: number;
  readonly maxPublishers: number;
  readonly maxSubscribers: number;
  readonly maxNodes: number;
}

export interface EpisodePlan {
  readonly seed: number;
  readonly kills: number;
  readonly members: readonly MemberPlan[];
  readonly service: ServicePlan;
}

/** How many processes of one role there are at most. */
const CROWD = 3;

/**
 * At least one of those that come anew is ours: where a Python process dies while it creates the service, all other
 * Python processes wait for ever, and only ours find out that nobody is creating it any more.
 */
export function planEpisode(seed: number, kills: number, languages: readonly Language[]): EpisodePlan {
  const random = new Random(seed);
  const [maxPublishers, maxSubscribers] = [random.integer(1, CROWD), random.integer(1, CROWD)];
  const size = maxPublishers + maxSubscribers;
  const survivors = random.integer(0, Math.min(2, size - 1));
  const firstSurvivor = random.integer(0, size - 1);
  const ours = (firstSurvivor + random.integer(survivors, size - 1)) % size;
  const members = Array.from({ length: size }, (_, index): MemberPlan => {
    const role: Role = index < maxPublishers ? "publisher" : "subscriber";
    const language = index === ours ? "TypeScript" : random.pick(languages);
    const survives = (index - firstSurvivor + size) % size < survivors;
    return { name: `${role} ${index + 1}`, language, role, survives, seed: random.seed() };
  });
  const service: ServicePlan = {
    enableSafeOverflow: random.chance(0.5),
    historySize: random.integer(0, 2),
    subscriberMaxBufferSize: random.integer(2, 8),
    subscriberMaxBorrowedSamples: random.integer(2, 4),
    maxPublishers,
    maxSubscribers,
    maxNodes: size,
  };
  return { seed, kills, members, service };
}

/** One line for people. */
export function describePlan({ members, service }: EpisodePlan): string {
  const fleet = members
    .map(({ role, language, survives }) => `${survives ? "surviving " : ""}${language} ${role}`)
    .join(", ");
  const { subscriberMaxBufferSize: buffer, historySize: history, enableSafeOverflow } = service;
  return `${fleet}; buffer ${buffer}, history ${history}, ${enableSafeOverflow ? "overflow" : "nothing may be lost"}`;
}
