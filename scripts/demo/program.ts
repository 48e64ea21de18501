/** A program of the demo in a process of its own, and what it reports. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";

/** Everything that runs: nothing of it may outlive the demo. */
const running = new Set<ChildProcess>();

export class Program {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #stderr = "";

  constructor(
    name: string,
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    const env = { ...process.env, ...environment };
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.name = name;
    this.#child = child;
    this.#ended = Promise.race([once(child, "close"), once(child, "error")]);
    // Who waits for it finds out by the end of its output.
    this.#ended.catch(() => {});
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    running.add(child);
    child.once("close", () => running.delete(child));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The next report. Throws what the program wrote to stderr if it ends without one. */
  async report<T>(): Promise<T> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) break;
      // The log of the Python bindings goes to stdout as well.
      if (/^["{]/.test(value)) return JSON.parse(value) as T;
    }
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    throw new Error(`the ${this.name} ended with ${signalCode ?? `exit code ${exitCode}`}\n${this.#stderr}`);
  }

  /** Waits until it ended by itself, after its last report. */
  async end(): Promise<void> {
    await this.#ended;
  }
}

export function killAllPrograms(): void {
  for (const child of running) child.kill("SIGKILL");
}
