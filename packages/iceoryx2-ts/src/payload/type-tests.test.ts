/** Compiles `type-tests/`: what must compile does, and what must not has the expected error. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const library = fileURLToPath(new URL(".", import.meta.resolve("iceoryx2-ts/package.json")));
const folder = join(library, "type-tests");
const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));

/** The output of the compiler, which fails when it finds errors. */
function compile(): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = [tsc, "--project", join(folder, "tsconfig.json"), "--pretty", "false"];
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
      if (error === null || stdout !== "") resolve(stdout);
      else reject(new Error(`the compiler did not run: ${stderr}`, { cause: error }));
    });
  });
}

/** "file:line: code" of each diagnostic. Further lines of a diagnostic are indented. */
function diagnosticsIn(output: string): string[] {
  return output
    .split("\n")
    .filter((line) => /^\S/.test(line))
    .map((line) => line.replace(/^(.*)\((\d+),\d+\): error (TS\d+): .*$/, "$1:$2: $3"));
}

/** The same form, from the comments at the ends of the lines. */
function expectedIn(file: string): string[] {
  const lines = readFileSync(join(folder, file), "utf8").split("\n");
  return lines.flatMap((line, index) => {
    const code = /\/\/ .*: (TS\d+)$/.exec(line)?.[1];
    return code === undefined ? [] : [`${file}:${index + 1}: ${code}`];
  });
}

describe("the types of payloads", () => {
  let diagnostics: string[] = [];
  before(async () => {
    diagnostics = diagnosticsIn(await compile());
  });

  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    it(`${file} has the expected errors and no others`, () => {
      const expected = expectedIn(file);
      assert.equal(expected.length > 0, file.includes(".negative."));
      assert.deepEqual(
        diagnostics.filter((diagnostic) => diagnostic.startsWith(`${file}:`)),
        expected,
      );
    });
  }

  it("the library itself compiles in that project", () => {
    assert.deepEqual(
      diagnostics.filter((diagnostic) => !/^[\w.-]+\.ts:/.test(diagnostic)),
      [],
    );
  });
});
