/** Our examples and their counterparts in Python, as users run them: processes with a configuration of their own. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { TestDomain } from "iceoryx2-ts/testing";
import { Program } from "./program.ts";
import { installPython, REPOSITORY } from "./python.ts";

export type ExampleLanguage = "TypeScript" | "Python";

/** How long one program may be between two steps of creating a service, however slow the machine is, in seconds. */
const PATIENCE = 60;

/** The programs of one test, all in one domain. */
export interface Examples {
  readonly domain: TestDomain;
  /**
   * Starts a program that runs until it is interrupted.
   *
   * @param name as in `npm run example`, with a slash: "publish_subscribe/publisher".
   */
  start(language: ExampleLanguage, name: string, ...args: readonly string[]): Promise<Program>;
  /** Starts one that ends by itself, reads lines that match one after the other, and waits for its end. */
  read(
    language: ExampleLanguage,
    program: string | readonly [name: string, ...args: readonly string[]],
    ...lines: readonly RegExp[]
  ): Promise<void>;
  /** Kills one that was started: it leaves behind what others clean up. */
  kill(program: Program): Promise<void>;
}

/** Runs a test with programs. Those that run at its end are interrupted; all must end well and leave nothing. */
export async function withExamples(body: (examples: Examples) => Promise<void>): Promise<void> {
  using domain = new TestDomain();
  using directory = new WorkingDirectory(domain);
  const programs: Program[] = [];
  const launch = async (
    language: ExampleLanguage,
    name: string,
    args: readonly string[],
  ): Promise<Program> => {
    const program = await launchIn[language](name, args, domain, directory);
    programs.unshift(program);
    return program;
  };
  const ended = new Set<Program>();
  try {
    await body({
      domain,
      start: (language, name, ...args) => launch(language, name, args),
      async read(language, program, ...lines) {
        const [name, ...args] = typeof program === "string" ? [program] : program;
        const started = await launch(language, name, args);
        for (const line of lines) await started.line(line);
        assert.deepEqual(await started.ended, { code: 0, signal: null });
        ended.add(started);
      },
      async kill(program) {
        await program.end("SIGKILL");
        ended.add(program);
      },
    });
    for (const program of programs) if (!ended.has(program)) await interrupt(program);
    domain.assertClean();
  } finally {
    for (const program of programs) await program[Symbol.asyncDispose]();
  }
}

async function interrupt(program: Program): Promise<void> {
  const ended = program.end("SIGINT");
  await program.line(/^exit$/);
  assert.deepEqual(await ended, { code: 0, signal: null });
}

/** The working directory of an example of ours: its configuration file chooses the domain. */
class WorkingDirectory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "iceoryx2-ts-example-"));

  constructor({ prefix, rootPath }: TestDomain) {
    mkdirSync(join(this.path, "config"));
    const settings = [
      "[global]",
      `root-path = '${rootPath}'`,
      `prefix = '${prefix}'`,
      `creation-timeout = { secs = ${PATIENCE}, nanos = 0 }`,
      "",
    ];
    writeFileSync(join(this.path, "config", "iceoryx2.toml"), settings.join("\n"));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

const PYTHON_EXAMPLES = join(REPOSITORY, "conformance", "python", "examples");

const launchIn: Readonly<
  Record<
    ExampleLanguage,
    (
      name: string,
      args: readonly string[],
      domain: TestDomain,
      directory: WorkingDirectory,
    ) => Promise<Program>
  >
> = {
  async TypeScript(name, args, _domain, { path }) {
    const file = join(REPOSITORY, "examples", "dist", `${name}.js`);
    return Program.start(process.execPath, [file, ...args], { cwd: path });
  },
  async Python(name, args, { prefix, rootPath }) {
    const env = {
      IOX2_EXAMPLE_PREFIX: prefix,
      IOX2_EXAMPLE_ROOT_PATH: rootPath,
      IOX2_EXAMPLE_CREATION_TIMEOUT: String(PATIENCE),
      // What the examples share lies beside their folders.
      PYTHONPATH: [PYTHON_EXAMPLES, process.env["PYTHONPATH"]].filter(Boolean).join(delimiter),
    };
    const script = join(PYTHON_EXAMPLES, `${name}.py`);
    return Program.start(await installPython(), ["-Bu", script, ...args], { env });
  },
};
