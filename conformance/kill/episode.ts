/**
 * One fleet in one domain: its members are killed and replaced, then those that live must find each other, stop
 * regularly, and leave nothing behind.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { keepEvidence } from "./evidence.ts";
import { Member } from "./member.ts";
import { describePlan, type EpisodePlan, type Role } from "./plan.ts";
import { LIVES_PER_PROCESS, type ProgramEvent, type ProgramSettings } from "./protocol.ts";
import { findMemoryWithoutSize, memoryWithoutSize } from "./upstream-hang.ts";

/** What happened, over one or more episodes. */
export interface Tally {
  episodes: number;
  kills: number;
  /** Ports that were created. */
  lives: number;
  /** Messages that were received and checked. */
  received: number;
  /** How often upstream hung and was replaced. */
  hangs: number;
  /** How often creation was tried again, by reason. */
  readonly retries: Map<string, number>;
}

export function emptyTally(): Tally {
  return { episodes: 0, kills: 0, lives: 0, received: 0, hangs: 0, retries: new Map() };
}

/** How long nothing may happen before it is a hang: far longer than anything takes on a busy machine. */
const SILENCE = 3 * 60_000;
const SILENCE_CHECK = 1000;
const MESSAGES_TO_SETTLE = 2000;
/** In milliseconds: shorter than by default, so that the dead do not live on in those who wait for them. */
const CREATION_TIMEOUT = 100;

/** @throws Error that says what went wrong, and where the evidence is. */
export async function runEpisode(plan: EpisodePlan, tally: Tally): Promise<void> {
  using domain = new TestDomain();
  const directory = mkdtempSync(path.join(tmpdir(), "iceoryx2-kill-"));
  const episode = new Episode(plan, domain, path.join(directory, "journal"), tally);
  try {
    await episode.run();
    tally.episodes++;
  } catch (cause) {
    episode.note("harness", String(cause));
    episode.freeze();
    const evidence = keepEvidence(plan, domain, episode.record);
    const message = `the episode with seed ${plan.seed} (${describePlan(plan)}) failed: ${(cause as Error).message}`;
    throw new Error(`${message}\nThe evidence is in ${evidence}`, { cause });
  } finally {
    await episode.end();
    rmSync(directory, { recursive: true, force: true });
  }
}

class Episode {
  /** Everything that happened, one line or more each. */
  readonly record: string[] = [];
  readonly #plan: EpisodePlan;
  readonly #domain: TestDomain;
  readonly #journal: string;
  readonly #tally: Tally;
  readonly #members: readonly Member[];
  readonly #start: number = performance.now();
  #lastSign: number = this.#start;
  #processes = 0;
  #killsLeft: number;
  #churn: readonly Promise<void>[] = [];
  #onSign: () => void = () => {};

  constructor(plan: EpisodePlan, domain: TestDomain, journal: string, tally: Tally) {
    this.#plan = plan;
    this.#domain = domain;
    this.#journal = journal;
    this.#tally = tally;
    this.#killsLeft = plan.kills;
    this.#members = plan.members.map((member) => new Member(member, this));
    writeFileSync(journal, "");
  }

  async run(): Promise<void> {
    const survivors = this.#members.filter(({ plan }) => plan.survives);
    for (const member of survivors) {
      await member.start();
      member.order("settle");
    }
    this.#churn = this.#members.filter(({ plan }) => !plan.survives).map((member) => this.#churnOne(member));
    await this.#unlessSilent(
      Promise.race([Promise.all(this.#churn), ...survivors.map((member) => member.end())]),
    );
    this.note("harness", "nobody is killed any more");
    for (const member of this.#members) member.order("settle");
    while (!(await this.#unlessSilent(this.#settles()))) await this.#replaceThoseThatHang();
    this.note("harness", "everybody has heard of everybody");
    await this.#unlessSilent(this.#stop("publisher"));
    await this.#unlessSilent(this.#stop("subscriber"));
    Node.create({ config: this.#domain.config, signals: "ignore" }).close();
    this.#domain.assertClean();
    this.#demandNoNodeDirectories();
  }

  freeze(): void {
    for (const member of this.#members) member.freeze();
  }

  /** Ends what still runs. */
  async end(): Promise<void> {
    this.#killsLeft = 0;
    for (const member of this.#members) member.kill();
    await Promise.allSettled(this.#churn);
    // Those that were just being replaced.
    for (const member of this.#members) member.kill();
  }

  // --- what members tell ---------------------------------------------------------------------------

  settings(): Omit<ProgramSettings, "role" | "seed"> {
    const { prefix, rootPath } = this.#domain;
    const firstLife = this.#processes++ * LIVES_PER_PROCESS;
    const { service } = this.#plan;
    return {
      firstLife,
      prefix,
      rootPath,
      journal: this.#journal,
      creationTimeout: CREATION_TIMEOUT,
      service,
    };
  }

  onEvent(member: Member, event: ProgramEvent): void {
    const { retries } = this.#tally;
    switch (event.event) {
      case "ready":
      case "heard":
        break;
      case "life":
        this.#tally.lives++;
        break;
      case "received":
        this.#tally.received += event.count;
        this.#onSign();
        return;
      case "retry":
        retries.set(event.reason, (retries.get(event.reason) ?? 0) + 1);
        this.note(member, JSON.stringify(event));
        return;
    }
    this.note(member, JSON.stringify(event));
    this.#lastSign = performance.now();
    this.#onSign();
  }

  note(who: Member | string, text: string): void {
    const name = typeof who === "string" ? who : who.plan.name;
    this.record.push(`${(performance.now() - this.#start).toFixed(3).padStart(12)}  ${name}: ${text}`);
  }

  // --- phases --------------------------------------------------------------------------------------

  async #churnOne(member: Member): Promise<void> {
    await member.start();
    while (this.#killsLeft > 0) {
      this.#killsLeft--;
      await member.dieSomeTime();
      this.#tally.kills++;
      await member.start();
    }
  }

  /** @returns false if somebody of upstream's may hang for ever. */
  async #settles(): Promise<boolean> {
    const search = new AbortController();
    const orphan = findMemoryWithoutSize(this.#domain.prefix, search.signal);
    try {
      return await Promise.race([
        this.#settled().then(() => true),
        orphan.then(() => false),
        ...this.#members.map((member) => member.end()),
      ]);
    } finally {
      search.abort();
    }
  }

  /** Those of upstream's processes that can be replaced are, and what they hung on is cleaned up. */
  async #replaceThoseThatHang(): Promise<void> {
    this.note("harness", "somebody may hang on memory without a size");
    this.#tally.hangs++;
    const suspects = this.#members.filter(({ plan }) => plan.language === "Python" && !plan.survives);
    for (const member of suspects) await member.die();
    Node.create({ config: this.#domain.config, signals: "ignore" }).close();
    const left = memoryWithoutSize(this.#domain.prefix);
    if (left !== undefined) throw new Error(`${left} has no size and was not cleaned up`);
    for (const member of suspects) {
      await member.start();
      member.order("settle");
    }
  }

  /** Settles when every subscriber, as it is now, heard of every publisher and went on receiving. */
  async #settled(): Promise<void> {
    const [publishers, subscribers] = [this.#withRole("publisher"), this.#withRole("subscriber")];
    const hasHeard = (subscriber: Member, { life }: Member): boolean =>
      life !== undefined && subscriber.heard.has(life);
    const isSettled = (subscriber: Member): boolean =>
      subscriber.received >= MESSAGES_TO_SETTLE &&
      publishers.every((publisher) => hasHeard(subscriber, publisher));
    while (!subscribers.every(isSettled)) {
      await new Promise<void>((resolve) => {
        this.#onSign = resolve;
      });
    }
  }

  /** Each node has a directory of its own, which may be left without any file in it. */
  #demandNoNodeDirectories(): void {
    const { rootPath, config } = this.#domain;
    const left = readdirSync(path.join(rootPath, config.global.node.directory));
    if (left.length > 0) throw new Error(`directories of nodes are left: ${left.join(", ")}`);
  }

  async #stop(role: Role): Promise<void> {
    await Promise.all(this.#withRole(role).map((member) => member.stop()));
  }

  #withRole(role: Role): Member[] {
    return this.#members.filter(({ plan }) => plan.role === role);
  }

  /** What waits for processes fails when nothing happens any more. */
  async #unlessSilent<T>(work: Promise<T>): Promise<T> {
    this.#lastSign = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setInterval(() => {
        if (performance.now() - this.#lastSign > SILENCE) reject(new Error(this.#describeHang()));
      }, SILENCE_CHECK);
    });
    try {
      return await Promise.race([work, silence]);
    } finally {
      clearInterval(timer);
    }
  }

  #describeHang(): string {
    const lines = this.#members.map(
      ({ plan, pid, life, heard }) =>
        `${plan.name} (${plan.language}, process ${pid}) has life ${life} and heard of [${[...heard].join(", ")}]`,
    );
    return `nothing happened for ${SILENCE / 1000} seconds:\n${lines.join("\n")}`;
  }
}
