/**
 * The Python of the conformance tests: a virtual environment with the released wheel, made once per checkout.
 *
 * Where it cannot be made (no Python, no venv module, no network) the tests are skipped with the reason; with
 * `CI=true` that reason is a failure.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The release whose behaviour and bytes are the reference. */
export const REFERENCE_VERSION = "0.10.0";

/** The top folder of the repository, wherever this file was built to. */
export const REPOSITORY: string = fileURLToPath(
  new URL("../..", import.meta.resolve("iceoryx2-ts/package.json")),
);

const run = promisify(execFile);
const cache = join(REPOSITORY, "node_modules", ".cache");
const venv = join(cache, "iceoryx2-venv");
const marker = `iceoryx2-${REFERENCE_VERSION}`;
const interpreter = join(venv, "bin", "python");

/** Makes the environment if it is not there yet and returns its interpreter; throws with the reason otherwise. */
export async function installPython(): Promise<string> {
  if (existsSync(join(venv, marker))) return interpreter;
  await mkdir(cache, { recursive: true });
  // Test files run at the same time: each builds in a folder of its own, the first to rename it wins.
  const draft = await mkdtemp(join(cache, "iceoryx2-venv-"));
  try {
    await run("python3", ["-m", "venv", draft]);
    const pip = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      `iceoryx2==${REFERENCE_VERSION}`,
    ];
    await run(join(draft, "bin", "python"), pip);
    await writeFile(join(draft, marker), "");
    await publish(draft);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return interpreter;
}

async function publish(draft: string): Promise<void> {
  const taken = await rename(draft, venv).then(
    () => false,
    () => true,
  );
  if (!taken || existsSync(join(venv, marker))) return;
  // What is there is of another release: the marker of ours is missing.
  await rm(venv, { recursive: true, force: true });
  await rename(draft, venv);
}

async function findPython(): Promise<string | undefined> {
  try {
    await installPython();
    return undefined;
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    const { message, stderr = "" } = error as Error & { stderr?: string };
    const detail = stderr.trim().split("\n").at(-1) || message.split("\n")[0];
    return `no Python peer (python3 with venv and iceoryx2==${REFERENCE_VERSION} is needed): ${detail}`;
  }
}

/** The value for `{ skip }` of every test that needs the peer: `false`, or the reason why there is none. */
export const skipWithoutPython: string | false = (await findPython()) ?? false;
