/** Node.js processes that use this library, for tests of what happens when a process ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import type { TestDomain } from "./test-domain.ts";

/** Every script begins with it: the library, and a node of the test's domain on demand. */
const PRELUDE = `
  import { Node } from "${moduleUrl("../api/node.js")}";
  import { Config } from "${moduleUrl("../config/config.js")}";
  import { u64 } from "${moduleUrl("../payload/scalars.js")}";
  const [, prefix, rootPath] = process.argv;
  const config = Config.with(Config.default(), { global: { prefix, rootPath } });
  const say = (line) => process.stdout.write(line + "\\n");
`;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it printed and nobody read. */
  readonly stdout: string;
  readonly stderr: string;
}

/** The address of a built file, relative to this one. */
export function moduleUrl(relative: string): string {
  return new URL(relative, import.meta.url).href;
}

export class Child {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #stderr: Promise<string>;
  readonly #ended: Promise<unknown[]>;

  /**
   * @param script an ES module; after the prelude it has `Node`, `u64`, `config`, the domain's configuration, and
   *   `say`, which prints a line.
   */
  constructor(domain: TestDomain, script: string, flags: readonly string[] = []) {
    const args = [...flags, "--input-type=module", "-e", PRELUDE + script, domain.prefix, domain.rootPath];
    this.#process = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#lines = createInterface(this.#process.stdout!)[Symbol.asyncIterator]();
    this.#stderr = readAll(this.#process.stderr!);
    this.#ended = once(this.#process, "close");
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** The next line that it prints. @throws Error if it ends before. */
  async line(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`the child ended without another line: ${await this.#stderr}`);
    return value;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async ending(): Promise<Ending> {
    let stdout = "";
    for (let next = await this.#lines.next(); !next.done; next = await this.#lines.next()) {
      stdout += `${next.value}\n`;
    }
    await this.#ended;
    const { exitCode: code, signalCode: signal } = this.#process;
    return { code, signal, stdout, stderr: await this.#stderr };
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
