/** The snippets of the documents as programs: compiled all together, run in a domain of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { TestDomain } from "iceoryx2-ts/testing";
import { runCommand } from "../checks/command.ts";
import { CACHE, REPOSITORY } from "../workspace.ts";
import { type Document, fencesOf } from "./document.ts";

export interface Snippet {
  /** The document and the line. */
  readonly name: string;
  /** Its name without an ending, in the folder of all snippets. */
  readonly file: string;
  readonly language: "ts" | "js";
  readonly code: string;
  /** "" for one that ends by itself, a name for those that run together, undefined for one that is only compiled. */
  readonly run: string | undefined;
}

export function snippetsOf(document: Document): Snippet[] {
  return fencesOf(document).flatMap(({ language, code, run, line }) => {
    if (language !== "ts" && language !== "js") return [];
    const file = `${document.path.replace(/\W/g, "-")}-${line}`;
    return [{ name: `${document.path}:${line}`, file, language, code, run }];
  });
}

/** A folder of compiled snippets inside of the workspace, where `iceoryx2-ts` is found. */
export class SnippetFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async create(): Promise<SnippetFolder> {
    await mkdir(CACHE, { recursive: true });
    return new SnippetFolder(await mkdtemp(join(CACHE, "snippets-")));
  }

  /** Throws the compiler's messages if one does not compile. */
  async compile(snippets: readonly Snippet[]): Promise<void> {
    for (const { file, language, code } of snippets) await this.#write(`${file}.${language}`, code);
    await this.#write("package.json", '{ "type": "module" }');
    const config = {
      extends: join(REPOSITORY, "tsconfig.base.json"),
      compilerOptions: {
        outDir: "dist",
        rootDir: ".",
        allowJs: true,
        checkJs: true,
        composite: false,
        declaration: false,
        moduleDetection: "force",
      },
      files: snippets.map(({ file, language }) => `${file}.${language}`),
    };
    await this.#write("tsconfig.json", JSON.stringify(config));
    await runCommand(join(REPOSITORY, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.json"], this.#path);
  }

  /** Runs a compiled snippet to its end. Throws what it wrote if it fails. */
  async run({ file }: Snippet): Promise<void> {
    using domain = new TestDomain();
    const directory = await this.#configure(domain);
    await runCommand(process.execPath, [join(this.#path, "dist", `${file}.js`)], directory);
    domain.assertClean();
  }

  /** Runs compiled snippets at the same time until each wrote a line, and ends them as Ctrl+C does. */
  async runTogether(snippets: readonly Snippet[]): Promise<void> {
    using domain = new TestDomain();
    const directory = await this.#configure(domain);
    const children = snippets.map(({ file }) =>
      spawn(process.execPath, [join(this.#path, "dist", `${file}.js`)], { cwd: directory, stdio: "pipe" }),
    );
    const results = await Promise.allSettled(
      children.map(async (child, index) => endAfterOutput(child, snippets[index]!.name)),
    );
    for (const child of children) child.kill("SIGKILL");
    for (const result of results) if (result.status === "rejected") throw result.reason;
    domain.assertClean();
  }

  async remove(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }

  /** The directory to run a program in, so that its configuration file leads it to the domain. */
  async #configure({ prefix, rootPath }: TestDomain): Promise<string> {
    const directory = join(this.#path, prefix);
    await mkdir(join(directory, "config"), { recursive: true });
    const content = `[global]\nprefix = ${JSON.stringify(prefix)}\nroot-path = ${JSON.stringify(rootPath)}\n`;
    await writeFile(join(directory, "config", "iceoryx2.toml"), content);
    return directory;
  }

  async #write(name: string, content: string): Promise<void> {
    await writeFile(join(this.#path, name), content);
  }
}

async function endAfterOutput(child: ChildProcess, name: string): Promise<void> {
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const end = once(child, "close");
  await Promise.race([once(child.stdout!, "data"), end]);
  child.kill("SIGINT");
  const [code, signal] = (await end) as [number | null, string | null];
  if (code !== 0) throw new Error(`${name} ended with ${signal ?? `exit code ${code}`}\n${errors}`);
}
