/** What must not stand in the sources: calls at the wrong place, checks switched off, notes left for later. */
import { type Finding, isScript, isTest, lineAt, type ProjectFile, withoutComments } from "./project-file.ts";

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Which files it is about. */
  applies(path: string): boolean;
  /** Comments count as well. */
  readonly prose?: boolean;
}

const inLibrary = (path: string): boolean => isScript(path) && /^packages\/[^/]+\/src\//.test(path);
const outsideOs = (path: string): boolean => inLibrary(path) && !path.includes("/src/os/");

/**
 * Every rule with its reason: the name is what a finding says. The rules are applied to this file as well, hence
 * patterns such as `X[X]X`.
 */
const RULES: readonly Rule[] = [
  {
    name: "only os/ imports koffi: a system call needs a method of the Os interface",
    pattern: /\b(?:from|import|require)\b[\s(]*"koffi"/g,
    applies: outsideOs,
  },
  {
    name: "only os/ asks for the time: it is injected",
    pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/g,
    applies: (path) => outsideOs(path) && !isTest(path),
  },
  {
    name: "only os/ draws random numbers: they are injected",
    pattern: /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|FillSync|Fill)\b|\bgetRandomValues\b/g,
    applies: (path) => outsideOs(path) && !isTest(path),
  },
  {
    name: "closing any descriptor of a file drops such a lock of the whole process: use the F_OFD commands",
    pattern: /\bF_SETLKW?\b|\bfcntl\w*\([^()]*,\s*[67]\s*[,)]/g,
    applies: isScript,
  },
  {
    name: "says nothing about the type: narrow an unknown instead",
    pattern: /\bas any\b|:\s*any\b/g,
    applies: isScript,
  },
  {
    name: "hides an error of the compiler",
    pattern: /@ts-(?:ignore|nocheck)\b/g,
    applies: isScript,
    prose: true,
  },
  {
    name: "is a note left for later",
    pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/g,
    applies: isSource,
    prose: true,
  },
  { name: "switches all other tests off", pattern: /\.only\(|\bonly:\s*true\b/g, applies: isTest },
  {
    name: 'skips a test without a reason: say it, as { skip: "reason" } or t.skip("reason")',
    pattern:
      /\b(?:test|it|describe|suite)\.(?:skip|todo)\(|\.(?:skip|todo)\(\s*\)|\b(?:skip|todo):\s*true\b/g,
    applies: isTest,
  },
  {
    name: "is a path of one machine",
    pattern: /(?<![\w.*-])\/(?:work|root|farm)\//g,
    applies: () => true,
    prose: true,
  },
  {
    name: "is the address of a package registry: the user's own configuration decides",
    pattern:
      /https?:\/\/[\w.-]*(?:registry|mirror|artifact|nexus|verdaccio)[\w.-]*|"resolved":\s*"https?:|\bregistry\s*=/g,
    applies: (path) => !isTest(path),
    prose: true,
  },
];

function isSource(path: string): boolean {
  return isScript(path) || /\.(?:py|sh|rs|md|toml)$/.test(path);
}

/** The rules that a file breaks, with the places. */
export function findForbidden({ path, text }: ProjectFile): Finding[] {
  const code = withoutComments(text);
  return RULES.filter((rule) => rule.applies(path)).flatMap((rule) =>
    [...(rule.prose === true ? text : code).matchAll(rule.pattern)].map((match) => ({
      path,
      line: lineAt(text, match.index),
      message: `\`${match[0].trim()}\` ${rule.name}`,
    })),
  );
}
