/** A real peer in a process of its own, driven by commands (see python/peer.py and rust/src/main.rs). */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { PeerLanguage } from "./participant.ts";
import { fromLine, toLine } from "./peer-json.ts";
import { installPython, REPOSITORY } from "./python.ts";
import { buildRust } from "./rust.ts";

/** What a peer may be asked for: names and arguments of the functions in python/*.py, of the commands in rust/src/. */
export type PeerArguments = Readonly<Record<string, unknown>>;

/** An object that lives in the peer, with the facts that its command reports. */
export interface PeerObject {
  readonly handle: number;
}

/** A port of the peer. */
export interface PeerPort extends PeerObject {
  readonly id: bigint;
}

/** A sample that the peer received. */
export interface PeerSample<Payload = unknown, UserHeader = null> {
  readonly payload: Payload;
  readonly user_header: UserHeader;
  readonly publisher_id: bigint;
  readonly node_id: bigint;
  readonly number_of_elements: number;
}

/** A command failed in the peer. `name` is the class of upstream's error, `code` its text (the variant). */
export class PeerError extends Error {
  readonly code: string;

  constructor(command: string, name: string, code: string, message: string) {
    super(`the peer cannot ${command}: ${message}`);
    this.name = name;
    this.code = code;
  }
}

interface Answer {
  readonly result?: unknown;
  readonly error?: string;
  readonly code?: string;
  readonly message?: string;
}

interface Waiter {
  readonly command: string;
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

const commandLine: Readonly<
  Record<PeerLanguage, () => Promise<readonly [program: string, args: readonly string[]]>>
> = {
  Python: async () => [await installPython(), ["-B", join(REPOSITORY, "conformance", "python", "peer.py")]],
  Rust: async () => [await buildRust("peer"), []],
};

/** How long a peer may take to clean up after its last command before it is killed, in milliseconds. */
const CLEAN_EXIT = 10_000;

/**
 * A process with iceoryx2. Commands are executed one after the other; several may be under way.
 * When this process ends for whatever reason, the peer reads the end of its input and ends as well.
 */
export class Peer implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #waiting: Waiter[] = [];
  readonly #ended: Promise<void>;
  #stderr = "";
  #end: string | undefined;

  private constructor(child: ChildProcess, input: Writable, output: Readable, errors: Readable) {
    this.#child = child;
    this.#input = input;
    this.#ended = new Promise((resolve) => {
      const onEnd = (how: string): void => {
        this.#onEnd(how);
        resolve();
      };
      child.once("close", (code, signal) => onEnd(`ended with ${signal ?? `exit code ${code}`}`));
      child.once("error", (error) => onEnd(`cannot run: ${error.message}`));
    });
    // The peer may be gone before it read everything: its end is reported by "close".
    input.on("error", () => {});
    errors.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    createInterface({ input: output }).on("line", (line) => this.#onLine(line));
  }

  /** Starts a peer. Throws the reason if there is no Python with the wheel, or no cargo. */
  static async start(language: PeerLanguage = "Python"): Promise<Peer> {
    const [program, args] = await commandLine[language]();
    const child = spawn(program, args, { stdio: "pipe" });
    return new Peer(child, child.stdin, child.stdout, child.stderr);
  }

  /** The process id; throws if the process could not be started. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the peer has no process");
    return this.#child.pid;
  }

  /** Executes a command. Rejects with a `PeerError` if it fails, with an `Error` if the peer ends meanwhile. */
  request<Result = unknown>(command: string, args: PeerArguments = {}): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const waiter: Waiter = { command, resolve: (value) => resolve(value as Result), reject };
      if (this.#end !== undefined) {
        reject(this.#gone(waiter, this.#end));
        return;
      }
      this.#waiting.push(waiter);
      this.#input.write(toLine({ command, ...args }));
    });
  }

  /** Ends the process at once, as a crash would, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.#end === undefined) process.kill(this.pid, signal);
    await this.#ended;
  }

  /** Lets the peer destroy everything and end; kills it if it hangs. Throws if it did not end cleanly. */
  async close(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#input.end();
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), CLEAN_EXIT);
    await this.#ended;
    clearTimeout(patience);
    if (this.#child.exitCode !== 0) throw new Error(`the peer ${this.#end} on close\n${this.#stderr}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #onLine(line: string): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) throw new Error(`the peer answered without being asked: ${line}`);
    const answer = fromLine(line) as Answer;
    if (answer.error === undefined) waiter.resolve(answer.result);
    else waiter.reject(new PeerError(waiter.command, answer.error, answer.code ?? "", answer.message ?? ""));
  }

  #onEnd(how: string): void {
    this.#end ??= how;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(this.#gone(waiter, this.#end));
  }

  #gone(waiter: Waiter, how: string): Error {
    return new Error(`the peer ${how} before it could ${waiter.command}\n${this.#stderr}`);
  }
}
