/** The process of one side, as the benchmark drives it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { SideAnswer, SideArguments, SideCommand } from "./protocol.ts";

/** Program and arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** Asked for once: a pinned process has fewer. */
export const PROCESSORS: number = availableParallelism();

export class SideProcess<Command extends { readonly kind: string } = SideCommand> {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #answers: AsyncIterator<string>;

  constructor([program, ...args]: CommandLine, sideArguments: SideArguments) {
    const all = [...args, JSON.stringify(sideArguments)];
    const child = spawn(program, all, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#input = child.stdin as Writable;
    this.#answers = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
  }

  /** Keeps the process on one processor, so that the two sides never share one. @returns whether that worked. */
  pin(processor: number): boolean {
    try {
      execFileSync("taskset", ["-acp", String(processor), String(this.#child.pid)], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  }

  /** @returns nanoseconds, one value per batch of a run. */
  async execute(command: Command): Promise<readonly number[]> {
    this.#input.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`a process ended before it could ${command.kind}`);
    return (JSON.parse(value) as SideAnswer).nanoseconds;
  }

  async end(): Promise<void> {
    const exit = once(this.#child, "exit");
    this.#input.end();
    await exit;
  }
}
