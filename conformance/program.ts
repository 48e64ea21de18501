/** A process of its own whose output a test follows. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface ProgramOptions {
  readonly cwd?: string;
  /** In addition to the variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Program implements AsyncDisposable {
  /** Settles when the process is gone and its output was read. */
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #stderr = "";

  private constructor(child: ChildProcess, output: Readable, errors: Readable) {
    this.#child = child;
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
    errors.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.once("close", (code, signal) => resolve({ code, signal }));
      child.once("error", reject);
    });
  }

  static start(file: string, args: readonly string[], { cwd, env }: ProgramOptions = {}): Program {
    const child = spawn(file, args, {
      stdio: ["ignore", "pipe", "pipe"],
      cwd,
      env: { ...process.env, ...env },
    });
    return new Program(child, child.stdout, child.stderr);
  }

  /** The process id; throws if the process could not be started. */
  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the program has no process");
    return this.#child.pid;
  }

  /** Skips lines until one matches. @throws Error if the process ends before. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    const skipped: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) break;
      const match = pattern.exec(value);
      if (match !== null) return match;
      skipped.push(value);
    }
    throw new Error(`the program ended without printing ${pattern}:\n${skipped.join("\n")}\n${this.#stderr}`);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Ending> {
    this.#child.kill(signal);
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}
