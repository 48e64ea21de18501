/** The files that people write, as the tidy rules see them. */
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

/** A file of the project: its path from the top of the repository, and its text. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** A rule that a file breaks: where, and what to do about it. */
export interface Finding {
  readonly path: string;
  readonly line: number | undefined;
  readonly message: string;
}

/** Built, fetched or foreign: nothing that a rule of ours could ask to change. In a work tree `.git` is a file. */
const SKIPPED_NAMES = new Set(["node_modules", "dist", ".git", "target", "__pycache__"]);
const SKIPPED_TYPES = new Set([".tsbuildinfo", ".tgz", ".png", ".node", ".pyc"]);

/** Reads every file below `top` that people write. */
export async function readProject(top: string, folder = ""): Promise<ProjectFile[]> {
  const files: ProjectFile[] = [];
  for (const entry of await readdir(join(top, folder), { withFileTypes: true })) {
    if (SKIPPED_NAMES.has(entry.name)) continue;
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await readProject(top, path)));
    if (entry.isFile() && !SKIPPED_TYPES.has(extname(entry.name))) {
      files.push({ path, text: await readFile(join(top, path), "utf8") });
    }
  }
  return files;
}

/** TypeScript and JavaScript. */
export function isScript(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path);
}

/** A test or what only tests, benchmarks and type checks use. */
export function isTest(path: string): boolean {
  return /\.(test|test-support|bench)\.[cm]?ts$/.test(path) || path.includes("/type-tests/");
}

/** The text with its comments blanked out, line by line in place, so that rules about code do not read prose. */
export function withoutComments(text: string): string {
  const stringsAndComments =
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(stringsAndComments, (part) =>
    part.startsWith("/") ? part.replace(/[^\n]/g, " ") : part,
  );
}

/** The line, counted from 1, of an offset in a text. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** A finding as people read it. */
export function describeFinding({ path, line, message }: Finding): string {
  return `${path}${line === undefined ? "" : `:${line}`}: ${message}`;
}
