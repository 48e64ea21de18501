/** What is published is complete, well-formed, compiles with every supported TypeScript, and runs. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { fetchPackage, runCommand } from "./command.ts";
import { createConsumer, packLibrary, remove } from "./consumer.ts";

const TYPESCRIPTS = ["5.7", "5.9", "6", "7"];

/** Users with the types of the oldest supported Node, and users who only have the browser's. */
const ENVIRONMENTS = {
  node: { lib: ["es2022"], types: ["node"] },
  dom: { lib: ["es2022", "dom"], types: [] },
};

let packed = "";
let tarball = "";
before(async () => {
  packed = await mkdtemp(join(tmpdir(), "iceoryx2-ts-package-"));
  tarball = await packLibrary(packed);
});
after(() => remove(packed));

test("the tarball holds the library, its sources and licenses, and no tests", async () => {
  const files = (await runCommand("tar", ["-tzf", tarball])).trim().split("\n");
  for (const file of [
    "README.md",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "dist/index.js",
    "src/index.ts",
  ]) {
    assert.ok(files.includes(`package/${file}`), `${file} is missing`);
  }
  assert.deepEqual(
    files.filter((file) =>
      /\.(test|bench)\.|\/golden\/|tsbuildinfo|^package\/(?!dist\/|src\/)[^/]+\//.test(file),
    ),
    [],
  );
});

test("publint finds nothing", async () => {
  await runCommand("npx", ["publint", "run", tarball, "--strict"]);
});

test("attw finds nothing: the types resolve as the code does", async () => {
  await runCommand("npx", ["attw", tarball, "--profile", "esm-only"]);
});

describe("the types", () => {
  let project = "";
  before(async () => {
    project = await createConsumer(tarball, "@types/node@20");
  });
  after(() => remove(project));

  for (const version of TYPESCRIPTS) {
    for (const [environment, { lib, types }] of Object.entries(ENVIRONMENTS)) {
      test(`compile with TypeScript ${version} (${environment})`, async () => {
        const tsc = join(await fetchPackage("typescript", version), "bin", "tsc");
        const config = `tsconfig.${version}.${environment}.json`;
        const compilerOptions = {
          target: "es2022",
          module: "nodenext",
          strict: true,
          exactOptionalPropertyTypes: true,
          skipLibCheck: false,
          noEmit: true,
          lib,
          types,
        };
        await writeFile(join(project, config), JSON.stringify({ compilerOptions, files: ["types.mts"] }));
        await runCommand(process.execPath, [tsc, "--project", config], project);
      });
    }
  }
});

describe("an installed package", () => {
  const prefix = `consumer_${randomUUID()}_`;

  /** Upstream keeps the counter of node ids, `*.global_mgmt`, on purpose; folders stay as well. */
  async function leftovers(rootPath: string): Promise<string[]> {
    const shared = (await readdir("/dev/shm")).filter((name) => name.startsWith(prefix));
    const entries = await readdir(rootPath, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    return [...shared.filter((name) => !name.endsWith(".global_mgmt")), ...files];
  }

  /** Starts a program of the project; its stdout is collected, its stderr is ours. */
  function start(project: string, program: string): { child: ChildProcess; output: Promise<string> } {
    const child = spawn(process.execPath, [program], { cwd: project, stdio: ["ignore", "pipe", "inherit"] });
    return {
      child,
      output: child.stdout
        .setEncoding("utf8")
        .toArray()
        .then((chunks) => chunks.join("")),
    };
  }

  test("publishes and subscribes", async () => {
    const project = await createConsumer(tarball);
    const rootPath = join(project, "iceoryx2");
    try {
      // The working folder's configuration separates this domain from all others, as a user would do it.
      await mkdir(join(project, "config"));
      const config = `[global]\nroot-path = "${rootPath}"\nprefix = "${prefix}"\n`;
      await writeFile(join(project, "config", "iceoryx2.toml"), config);

      const publisher = start(project, "publisher.mjs");
      const subscriber = start(project, "subscriber.mjs");
      const published = once(publisher.child, "exit");
      // Alone, the subscriber would wait for ever.
      published.then(() => subscriber.child.kill(), assert.fail);
      const [code] = await once(subscriber.child, "exit");
      publisher.child.kill("SIGTERM");
      const [publisherCode] = await published;

      assert.deepEqual([code, publisherCode], [0, 0]);
      const samples: unknown[] = JSON.parse(await subscriber.output);
      assert.equal(samples.length, 5);
      for (const sample of samples as { x: number }[]) {
        assert.deepEqual(sample, { x: sample.x, y: 2 * sample.x, funky: sample.x / 2 });
      }
      assert.equal(await publisher.output, "closed\n");
      assert.deepEqual(await leftovers(rootPath), []);
    } finally {
      const shared = (await readdir("/dev/shm")).filter((name) => name.startsWith(prefix));
      for (const name of shared) await remove(join("/dev/shm", name));
      await remove(project);
    }
  });
});
