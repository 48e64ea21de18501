/** The documents of the project, and the parts of them that can be checked. */
import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { REPOSITORY } from "../workspace.ts";

export interface Document {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of code. */
export interface Fence {
  /** Such as "ts". */
  readonly language: string;
  readonly code: string;
  /** What the comment right before it says: `<!-- run -->` or `<!-- run NAME -->`; undefined without one. */
  readonly run: string | undefined;
  /** Of the opening fence, counted from 1. */
  readonly line: number;
}

export async function readDocuments(): Promise<Document[]> {
  const paths = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
  for (const name of await readdir(join(REPOSITORY, "docs"))) {
    if (name.endsWith(".md")) paths.push(`docs/${name}`);
  }
  return Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(REPOSITORY, path), "utf8") })),
  );
}

export function fencesOf({ text }: Document): Fence[] {
  const fence = /^(?:<!-- run(?: (\w+))? -->\n)?```(\w*)\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fence)].map((match) => {
    const [whole, name, language = "", code = ""] = match;
    const isRun = whole.startsWith("<!--");
    const line = text.slice(0, match.index).split("\n").length + (isRun ? 1 : 0);
    return { language, code, run: isRun ? (name ?? "") : undefined, line };
  });
}

/** The names by which a heading can be linked to, made as GitHub makes them. */
export function anchorsOf({ text }: Document): Set<string> {
  const headings = withoutFences(text).match(/^#+ .*$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** A link into the project. */
export interface Link {
  /** From the top of the repository. */
  readonly path: string;
  readonly anchor: string | undefined;
}

export function linksOf({ path, text }: Document): Link[] {
  return [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, address = ""]) => address)
    .filter((address) => !/^[a-z]+:/.test(address))
    .map((address) => {
      const [target = "", anchor] = address.split("#");
      return { path: target === "" ? path : posix.join(posix.dirname(path), target), anchor };
    });
}

/** The codes in the table under each heading of the third level, by heading: one list per class of error. */
export function errorTablesOf({ text }: Document): Map<string, string[]> {
  const tables = new Map<string, string[]>();
  for (const section of text.split(/^### /m).slice(1)) {
    const name = section.slice(0, section.indexOf("\n")).trim();
    const [own = ""] = section.split(/^## /m);
    const codes = [...own.matchAll(/^\| `(\w+)` \|/gm)].map(([, code = ""]) => code);
    tables.set(name, codes);
  }
  return tables;
}

function withoutFences(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, "");
}
