/**
 * A process of ours that does what a test tells it, and that stops or kills itself before a system call which the test
 * chooses by its number.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { CleanupState, ConfigOverrides, PublishSubscribeQos } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { fromLine, toLine } from "../peer-json.ts";

/** What an actor can do. It has one node, one service of it and one port of each kind. */
export interface Actions {
  /** Counts system calls from now on and sends itself `signal` before number `call`; 0: before none. */
  arm(args: { call: number; signal: "SIGKILL" | "SIGSTOP" }): void;
  /** The number of system calls since then. */
  countCalls(): number;
  /** Creates its node. @returns the id. */
  node(): bigint;
  service(args: { verb: "create" | "open" | "openOrCreate"; qos?: PublishSubscribeQos }): void;
  ports(): void;
  send(args: { values: readonly bigint[] }): void;
  receive(): readonly bigint[];
  /** Receives a sample and keeps it. */
  hold(): void;
  loan(): void;
  closePorts(): void;
  closeService(): void;
  closeNode(): void;
  cleanup(): CleanupState;
  /** Starts a process that outlives it for up to a minute. @returns its process id. */
  spawn(): number;
  /** Opens or creates the service and closes it, `rounds` times. */
  race(args: { rounds: number }): RaceReport;
}

export interface RaceReport {
  /** How often which error came, by class and code. */
  readonly errors: Readonly<Record<string, number>>;
  /** How many services of the name there were at once, at most. */
  readonly mostServices: number;
}

export type ActionName = keyof Actions;

/** An action with its arguments. */
export type Step = { [N in ActionName]: readonly [name: N, ...args: Parameters<Actions[N]>] }[ActionName];

/** One line to an actor. */
export interface Action {
  readonly name: ActionName;
  readonly args: readonly unknown[];
}

/** One line from an actor. */
export type Report =
  /** The next system call of the action that is under way would be this, but now the signal comes. */
  { readonly before: string } | { readonly result: unknown } | { readonly error: ActorFailure };

export interface ActorFailure {
  readonly className: string;
  readonly code: string | undefined;
  readonly message: string;
}

/** An action failed in the actor with this error of the library. */
export class ActorError extends Error {
  readonly code: string | undefined;

  constructor({ className, code, message }: ActorFailure) {
    super(message);
    this.name = className;
    this.code = code;
  }
}

export class Actor implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #stderr = "";

  private constructor(child: ChildProcess, input: Writable, output: Readable, errors: Readable) {
    this.#child = child;
    this.#input = input;
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
    this.#ended = once(child, "close");
    // Actions that it did not live to see are lost with it.
    input.on("error", () => {});
    errors.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
  }

  /** @param overrides of the domain's configuration. */
  static start({ prefix, rootPath }: TestDomain, overrides: ConfigOverrides = {}): Actor {
    const program = fileURLToPath(new URL("actor-program.js", import.meta.url));
    const config = { ...overrides, global: { ...overrides.global, prefix, rootPath } };
    const child = spawn(process.execPath, [program, JSON.stringify(config)], { stdio: "pipe" });
    return new Actor(child, child.stdin, child.stdout, child.stderr);
  }

  /** @throws ActorError if it fails, Error if the actor dies or stops meanwhile. */
  async do<N extends ActionName>(name: N, ...args: Parameters<Actions[N]>): Promise<ReturnType<Actions[N]>> {
    this.begin(...([name, ...args] as unknown as Step));
    return (await this.result()) as ReturnType<Actions[N]>;
  }

  /** Lets an action begin; its result is to be fetched later. */
  begin(...[name, ...args]: Step): void {
    this.#input.write(toLine({ name, args } satisfies Action));
  }

  /** The result of the oldest action whose result was not fetched yet. */
  async result(): Promise<unknown> {
    const report = await this.report();
    if ("before" in report) throw new Error(`the actor got its signal before ${report.before}`);
    if ("error" in report) throw new ActorError(report.error);
    return report.result;
  }

  /** The next line that it says. @throws Error if it ends without one. */
  async report(): Promise<Report> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error(`the actor ended without a word: ${this.#stderr}`);
    return fromLine(value) as Report;
  }

  /** Waits until the signal that it sent itself took effect. */
  async hasStopped(): Promise<void> {
    while (stateOf(this.#child.pid!) !== "T") await turn();
  }

  /** Stops it from outside. */
  async stop(): Promise<void> {
    this.#child.kill("SIGSTOP");
    await this.hasStopped();
  }

  /** Lets it go on after a stop. */
  resume(): void {
    this.#child.kill("SIGCONT");
  }

  /** Waits for its end after it sent itself a deadly signal. */
  async hasDied(): Promise<void> {
    await this.#ended;
  }

  /** Kills it. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Lets it end by itself. @throws Error unless it does so without complaints. */
  async end(): Promise<void> {
    this.#input.end();
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    if (exitCode === 0 && this.#stderr === "") return;
    throw new Error(`the actor ended with ${signalCode ?? exitCode}: ${this.#stderr}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** The letter of a process's state, such as "T" for a stopped one. */
function stateOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.charAt(0);
}
