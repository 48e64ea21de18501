/** The package as its users get it: packed, and installed into an empty project. */
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIBRARY, REPOSITORY } from "../workspace.ts";
import { runCommand } from "./command.ts";

/** Packs the library into `folder` and returns the path of the tarball. */
export async function packLibrary(folder: string): Promise<string> {
  await runCommand("npm", ["pack", "--silent", "--pack-destination", folder], LIBRARY);
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  return join(folder, tarballs[0] ?? "npm pack made no tarball");
}

/** A project outside of this repository that depends on the tarball and holds the files of scripts/consumer. */
export async function createConsumer(tarball: string, ...packages: readonly string[]): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "iceoryx2-ts-consumer-"));
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await runCommand(
    "npm",
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", tarball, ...packages],
    project,
  );
  await cp(join(REPOSITORY, "scripts", "consumer"), project, { recursive: true });
  return project;
}

/** Removes a folder with all that is in it. */
export async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
