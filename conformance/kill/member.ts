/** A place in the fleet: its process is killed at random instants and replaced by a new one. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { installPython, REPOSITORY } from "../python.ts";
import { Random } from "../random.ts";
import type { Language, MemberPlan } from "./plan.ts";
import type { Order, ProgramEvent, ProgramSettings } from "./protocol.ts";

const COMMANDS: { readonly [L in Language]: () => Promise<readonly [file: string, ...args: string[]]> } = {
  TypeScript: async () => [process.execPath, fileURLToPath(new URL("./program.js", import.meta.url))],
  Python: async () => [
    await installPython(),
    "-B",
    join(REPOSITORY, "conformance", "python", "kill_program.py"),
  ],
};

/** Of a process that was killed in creation, and of one that had time for more, in milliseconds after its start. */
const EARLY_DEATH = 30;
const LATE_DEATH = 600;
/** How long a process is stopped before it is killed at most, in milliseconds. */
const STOPPED = 60;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** Whom a member tells what happens. */
export interface Watcher {
  /** The settings of its next process, but for what the member itself knows. */
  settings(): Omit<ProgramSettings, "role" | "seed">;
  onEvent(member: Member, event: ProgramEvent): void;
  /** One line for the record. */
  note(member: Member, text: string): void;
}

export class Member {
  readonly plan: MemberPlan;
  /** The life that its port has at the moment, if it has one. */
  life: number | undefined;
  /** The publishers' lives that this life heard of. */
  readonly heard: Set<number> = new Set();
  /** How many messages this life reported. */
  received = 0;
  readonly #watcher: Watcher;
  readonly #random: Random;
  #child: Child | undefined;
  #ended: Promise<void> = Promise.resolve();
  #isDoomed = false;
  #stderr = "";
  #onReady: () => void = () => {};

  constructor(plan: MemberPlan, watcher: Watcher) {
    this.plan = plan;
    this.#watcher = watcher;
    this.#random = new Random(plan.seed);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts a process. Settles when it begins to work; rejects if it ends before. */
  async start(): Promise<void> {
    const { role, language } = this.plan;
    const settings: ProgramSettings = { role, seed: this.#random.seed(), ...this.#watcher.settings() };
    const [file, ...args] = await COMMANDS[language]();
    const child = spawn(file, [...args, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    this.#isDoomed = false;
    this.#stderr = "";
    this.#beginLife(undefined);
    this.#watcher.note(this, `starts as process ${child.pid} with ${JSON.stringify(settings)}`);
    // Who is killed reads no more orders.
    child.stdin.on("error", () => {});
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    createInterface({ input: child.stdout }).on("line", (line) => this.#onLine(line));
    this.#ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        this.#watcher.note(this, `ended with ${signal ?? `exit code ${code}`}\n${this.#stderr}`.trimEnd());
        // Who is about to be killed may still fail before.
        if (code === 0 || (this.#isDoomed && signal === "SIGKILL")) resolve();
        else reject(this.#endedByItself(signal ?? `exit code ${code}`));
      });
    });
    const ready = new Promise<void>((resolve) => {
      this.#onReady = resolve;
    });
    await Promise.race([ready, this.end()]);
  }

  /** Lets the process work for a random time and kills it. Rejects if it ended before. */
  async dieSomeTime(): Promise<void> {
    const instant = this.#random.next() * (this.#random.chance(0.3) ? EARLY_DEATH : LATE_DEATH);
    const isStopped = this.#random.chance(0.2);
    await Promise.race([wait(instant), this.end()]);
    this.#isDoomed = true;
    if (isStopped) {
      this.#child!.kill("SIGSTOP");
      await wait(this.#random.next() * STOPPED);
    }
    this.#watcher.note(this, `killed after ${instant.toFixed(1)} ms${isStopped ? ", stopped before" : ""}`);
    await this.die();
  }

  /** Kills the process and waits for its end. */
  async die(): Promise<void> {
    this.kill();
    await this.#ended;
  }

  order(order: Order): void {
    this.#child!.stdin.write(`${order}\n`);
  }

  /** Ends the process regularly. Rejects if that fails. */
  async stop(): Promise<void> {
    this.order("stop");
    await this.#ended;
  }

  /** Rejects when the process ends, and never settles otherwise. */
  async end(): Promise<never> {
    await this.#ended;
    throw this.#endedByItself("exit code 0");
  }

  /** Makes it stand still, so that it can be looked at. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  kill(): void {
    this.#isDoomed = true;
    this.#child?.kill("SIGKILL");
  }

  #beginLife(life: number | undefined): void {
    this.life = life;
    this.heard.clear();
    this.received = 0;
  }

  #endedByItself(how: string): Error {
    const { name, language } = this.plan;
    return new Error(`${name} (${language}) ended by itself with ${how}:\n${this.#stderr}`);
  }

  #onLine(line: string): void {
    const event = JSON.parse(line) as ProgramEvent;
    switch (event.event) {
      case "ready":
        this.#onReady();
        break;
      case "life":
        this.#beginLife(event.life);
        break;
      case "heard":
        this.heard.add(event.life);
        break;
      case "received":
        this.received += event.count;
        break;
      case "retry":
        break;
    }
    this.#watcher.onEvent(this, event);
  }
}
