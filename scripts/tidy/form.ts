/** The outer form of files: how long, how wide, how many titles. */
import { type Finding, isScript, isTest, type ProjectFile } from "./project-file.ts";

const MAX_LINES = 500;
const LONG = 350;
/** The share of the source files that may be longer than `LONG`. */
const LONG_SHARE = 0.05;
const MAX_COLUMNS = 120;

function linesOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

/** Scripts that are too long; and all long ones where they are too many. */
export function findLongFiles(files: readonly ProjectFile[]): Finding[] {
  const scripts = files
    .filter(({ path }) => isScript(path))
    .map(({ path, text }) => ({ path, length: linesOf(text).length }));
  const sources = scripts.filter(({ path }) => !isTest(path));
  const long = sources.filter(({ length }) => length > LONG);
  const tooMany = long.length > Math.max(1, LONG_SHARE * sources.length);
  return [
    ...scripts
      .filter(({ length }) => length > MAX_LINES)
      .map(({ path, length }) => ({
        path,
        line: undefined,
        message: `has ${length} lines (at most ${MAX_LINES})`,
      })),
    ...(tooMany ? long : []).map(({ path, length }) => ({
      path,
      line: undefined,
      message: `has ${length} lines: ${long.length} of ${sources.length} files have more than ${LONG}, split some`,
    })),
  ];
}

/** A text on a line of its own: breaking a message would hide it from who searches for its words. */
const MESSAGE = /^\s*(?:return |const \w+ = |: |\? )?(["'`]).*\1[,;)]*$/;

/** Lines that do not fit a split screen. Tables and addresses in documents cannot be broken. */
export function findWideLines({ path, text }: ProjectFile): Finding[] {
  if (!isScript(path) && !/\.(?:py|sh|rs|md)$/.test(path)) return [];
  return linesOf(text)
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.length > MAX_COLUMNS)
    .filter(({ content }) => !(isScript(path) && MESSAGE.test(content)))
    .filter(({ content }) => !(path.endsWith(".md") && /^\s*\||https?:\/\//.test(content)))
    .map(({ content, line }) => ({
      path,
      line,
      message: `has ${content.length} columns (at most ${MAX_COLUMNS})`,
    }));
}

/** Documents that do not have exactly one title. */
export function findTitles({ path, text }: ProjectFile): Finding[] {
  if (!path.endsWith(".md")) return [];
  const withoutFences = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, "");
  const titles = withoutFences.match(/^# .*$/gm) ?? [];
  return titles.length === 1
    ? []
    : [
        {
          path,
          line: undefined,
          message: `has ${titles.length} titles ("# ..."); a document has exactly one`,
        },
      ];
}
