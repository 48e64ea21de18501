/** The project keeps its own rules. Each rule is shown to find something before it is asked about the project. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LIBRARY, REPOSITORY } from "../workspace.ts";
import { findForbidden } from "./forbidden.ts";
import { findLongFiles, findTitles, findWideLines } from "./form.ts";
import { findCycles, findUnused, findWrongDirections, importsOf } from "./import-graph.ts";
import { findIncompleteLock } from "./lock-file.ts";
import {
  describeFinding,
  type Finding,
  type ProjectFile,
  readProject,
  withoutComments,
} from "./project-file.ts";

const SRC = `${LIBRARY.slice(REPOSITORY.length)}/src/`;
const project = await readProject(REPOSITORY);
const library = project.filter(({ path }) => path.startsWith(SRC) && path.endsWith(".ts"));

function file(path: string, ...lines: string[]): ProjectFile {
  return { path, text: `${lines.join("\n")}\n` };
}

function source(path: string, ...lines: string[]): ProjectFile {
  return file(SRC + path, ...lines);
}

function assertNone(findings: readonly Finding[]): void {
  assert.deepEqual(findings.map(describeFinding), []);
}

function assertFinds(findings: readonly Finding[], ...messages: RegExp[]): void {
  const found = findings.map(describeFinding);
  assert.equal(found.length, messages.length, found.join("\n"));
  for (const [index, message] of messages.entries()) assert.match(found[index] ?? "", message);
}

test("the whole project is looked at", () => {
  const paths = project.map(({ path }) => path);
  assert.ok(
    ["package-lock.json", ".ci/run", "scripts/tidy/tidy.test.ts"].every((path) => paths.includes(path)),
  );
  assert.ok(library.some(({ path }) => path === `${SRC}index.ts`));
  assert.ok(!paths.some((path) => path.includes("node_modules/") || path.includes("dist/")));
});

test("comments are not code, but strings are", () => {
  assert.equal(withoutComments('a; // b\n/* c\nd */ "// e"'), 'a;     \n    \n     "// e"');
});

describe("imports", () => {
  test("are found in every form", () => {
    const forms = source(
      "port/a.ts",
      "import { x,",
      '  y } from "./b.ts";',
      'import type { z } from "../os/os.ts";',
      'export * from "../base/log.ts";',
      'import "./side-effect.ts";',
      'const late = await import("koffi");',
      '// import { q } from "./comment.ts";',
    );
    assert.deepEqual(
      importsOf(forms).map(({ target, line, typeOnly }) => [target, line, typeOnly]),
      [
        [`${SRC}port/b.ts`, 1, false],
        [`${SRC}os/os.ts`, 3, true],
        [`${SRC}base/log.ts`, 4, false],
        [`${SRC}port/side-effect.ts`, 5, false],
        ["koffi", 6, false],
      ],
    );
  });

  test("point to the same folder or downwards", () => {
    const wrong = [
      source("os/a.ts", 'import { b } from "../port/b.ts";'),
      source("payload/a.ts", 'import type { b } from "../config/b.ts";'),
      source("node/a.ts", 'import { b } from "../service/b.ts";'),
      source("misc/a.ts"),
    ];
    const right = [
      source("port/a.ts", 'import { b } from "./common/b.ts";', 'import { c } from "../os/c.ts";'),
      source("index.ts", 'export { b } from "./api/b.ts";'),
      source("os/a.test.ts", 'import { b } from "../testing/b.ts";'),
    ];
    assertFinds(
      findWrongDirections([...wrong, ...right], SRC),
      /os\/a\.ts:1: "os" must not import from "port"/,
      /"payload" must not import from "config"/,
      /"node" must not import from "service"/,
      /"misc" is in no stratum/,
    );
    assertNone(findWrongDirections(library, SRC));
  });

  test("make no circles", () => {
    const circle = [
      source("os/a.ts", 'import { b } from "./b.ts";'),
      source("os/b.ts", 'import { c } from "./c.ts";'),
      source("os/c.ts", 'import { b } from "./b.ts";', 'import type { a } from "./a.ts";'),
    ];
    assertFinds(findCycles(circle), /imports itself through \S*os\/b\.ts -> \S*os\/c\.ts -> \S*os\/b\.ts$/);
    assertNone(findCycles(library));
  });

  test("reach every file", () => {
    const files = [source("index.ts", 'export * from "./os/a.ts";'), source("os/a.ts"), source("os/b.ts")];
    assertFinds(findUnused([...files, source("os/a.test.ts")], SRC), /os\/b\.ts: is imported by nobody/);
    assertNone(findUnused(library, SRC));
  });
});

describe("what must not stand in the sources", () => {
  // Written in pieces: the rules look at this file as well.
  const folder = ["", "work", "main"].join("/");
  const examples: [path: string, line: string, message: RegExp][] = [
    [`${SRC}port/a.ts`, 'import koffi from "koffi";', /only os\/ imports koffi/],
    [`${SRC}port/a.ts`, "const now = Date.now();", /asks for the time/],
    [`${SRC}port/a.ts`, "const now = new Date();", /asks for the time/],
    [`${SRC}port/a.ts`, "const id = crypto.randomUUID();", /random numbers/],
    [`${SRC}os/a.ts`, `const command = F_${"SETLK"};`, /F_OFD/],
    [`${SRC}os/a.ts`, `fcntl(fd, ${6}, lock);`, /F_OFD/],
    ["bench/a.ts", `f(x as ${"any"});`, /narrow an unknown/],
    ["bench/a.ts", `// @ts-${"ignore"}`, /hides an error/],
    ["docs/a.md", `${"TO"}${"DO"}: later`, /note left for later/],
    [`${SRC}os/a.test.ts`, `test.${"only"}("a", () => {});`, /all other tests/],
    [`${SRC}os/a.test.ts`, `test.${"skip"}("a", () => {});`, /without a reason/],
    [`${SRC}os/a.test.ts`, `t.${"skip"}();`, /without a reason/],
    [`${SRC}os/a.test.ts`, `test("a", { skip${":"} true }, f);`, /without a reason/],
    ["README.md", `cd ${folder}/packages`, /path of one machine/],
    [".npmrc", `registry${"="}somewhere`, /package registry/],
    ["package-lock.json", `"resolved": "https${":"}//example.org/a.tgz"`, /package registry/],
  ];
  for (const [path, line, message] of examples) {
    test(`finds ${line}`, () => assertFinds(findForbidden(file(path, "", line)), message));
  }

  test("lets pass what only looks like it", () => {
    const fine = [
      source("os/clock.ts", "const now = Date.now();", 'import koffi from "koffi";'),
      source("port/a.ts", "// Date.now() is only for os/", "const at = new Date(0);"),
      source("os/a.ts", "fcntl(fd, F_OFD_SETLK, lock);", 'const place = "./work/a";'),
      source("os/a.test.ts", 'test("a", { skip: "no second core" }, f);', 't.skip("no root");'),
    ];
    assertNone(fine.flatMap(findForbidden));
  });

  test("is not in the project", () => assertNone(project.flatMap(findForbidden)));
});

describe("the form of files", () => {
  const lines = (count: number): string[] => Array.from({ length: count }, () => "x;");

  test("none is long, few are longish", () => {
    const short = Array.from({ length: 40 }, (_, index) => source(`os/${index}.ts`, ...lines(10)));
    const longish = [1, 2].map((index) => source(`os/long-${index}.ts`, ...lines(351)));
    assertNone(findLongFiles([...short, ...longish, source("os/500.test.ts", ...lines(500))]));
    assertFinds(findLongFiles([...short, source("os/a.ts", ...lines(501))]), /501 lines \(at most 500\)/);
    const tooMany = [...longish, source("os/long-3.ts", ...lines(400))];
    assertFinds(findLongFiles([...short, ...tooMany]), /3 of 43/, /3 of 43/, /400 lines: 3 of 43/);
    assertNone(findLongFiles(project));
  });

  test("no line is wide", () => {
    const wide = "x".repeat(121);
    assertFinds(findWideLines(file("a.ts", wide)), /a\.ts:1: has 121 columns/);
    assertFinds(findWideLines(file("a.md", "", wide)), /a\.md:2: has 121 columns/);
    assertFinds(findWideLines(file("a.ts", `f("${wide}");`)), /a\.ts:1: has 127 columns/);
    assertNone([file("a.md", `| ${wide} |`), file("a.json", wide)].flatMap(findWideLines));
    assertNone(findWideLines(file("a.ts", `  return "${wide}";`, `  "${wide}",`)));
    assertNone(project.flatMap(findWideLines));
  });

  test("a document has one title", () => {
    assertFinds(findTitles(file("a.md", "# a", "# b")), /has 2 titles/);
    assertFinds(findTitles(file("a.md", "## a")), /has 0 titles/);
    assertNone(findTitles(file("a.md", "# a", "```sh", "# comment", "```", "## b")));
    assertNone(project.flatMap(findTitles));
  });
});

test("the lock file is complete", () => {
  const entries = {
    "node_modules/a": { optionalDependencies: { b: "1", c: "1", d: "1" } },
    "node_modules/b": {},
  };
  const packages = { ...entries, "node_modules/a/node_modules/c": {} };
  assertFinds(
    findIncompleteLock(file("package-lock.json", JSON.stringify({ packages }))),
    /node_modules\/a .* for d$/,
  );
  assertNone(project.flatMap(findIncompleteLock));
});
