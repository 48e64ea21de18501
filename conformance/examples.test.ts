/** Our examples against upstream's, as users run them: in two processes, with a configuration file. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import { TestDomain } from "iceoryx2-ts/testing";
import { directions } from "./domain.ts";
import { Program } from "./program.ts";
import { installPython, REPOSITORY, skipWithoutPython } from "./python.ts";

/** The working directory of an example of ours: its configuration file chooses the domain. */
class WorkingDirectory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "iceoryx2-ts-example-"));

  constructor({ prefix, rootPath }: TestDomain) {
    mkdirSync(join(this.path, "config"));
    const settings = ["[global]", `root-path = '${rootPath}'`, `prefix = '${prefix}'`, ""];
    writeFileSync(join(this.path, "config", "iceoryx2.toml"), settings.join("\n"));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

const start: Readonly<
  Record<
    "TypeScript" | "Python",
    (name: string, domain: TestDomain, directory: WorkingDirectory) => Promise<Program>
  >
> = {
  async TypeScript(name, _domain, { path }) {
    return Program.start(process.execPath, [join(REPOSITORY, "examples", "dist", `${name}.js`)], {
      cwd: path,
    });
  },
  async Python(name, { prefix, rootPath }) {
    const script = join(REPOSITORY, "conformance", "python", "examples", `${name}.py`);
    const env = { IOX2_EXAMPLE_PREFIX: prefix, IOX2_EXAMPLE_ROOT_PATH: rootPath };
    return Program.start(await installPython(), ["-Bu", script], { env });
  },
};

describe("the example publish_subscribe", { skip: skipWithoutPython }, () => {
  for (const [from, to] of directions("Python")) {
    test(`from ${from} to ${to}`, async () => {
      using domain = new TestDomain();
      using directory = new WorkingDirectory(domain);
      await using subscriber = await start[to]("publish_subscribe/subscriber", domain, directory);
      await using publisher = await start[from]("publish_subscribe/publisher", domain, directory);
      let last = 0;
      for (let samples = 0; samples < 2; samples++) {
        const line = /^received: TransmissionData \{ x: (\d+), y: (\d+), funky: ([\d.]+) \}$/;
        const [x, y, funky] = (await subscriber.line(line)).slice(1).map(Number);
        assert.ok(x! > last);
        assert.deepEqual([y, funky], [x! * 3, x! * 812.12]);
        last = x!;
      }
      await publisher.line(new RegExp(`^send sample ${last} \\.\\.\\.$`));
      for (const program of [publisher, subscriber]) {
        const ended = program.end("SIGINT");
        await program.line(/^exit$/);
        assert.deepEqual(await ended, { code: 0, signal: null });
      }
      domain.assertClean();
    });
  }
});
