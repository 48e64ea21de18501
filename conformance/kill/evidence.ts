/** What is kept of an episode that failed: its plan, what happened, and everything that was in the domain. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestDomain } from "iceoryx2-ts/testing";
import type { EpisodePlan } from "./plan.ts";
import { sharedMemoryOf } from "./shared-memory.ts";

const HEX_COLUMNS = 16;

/** @returns the directory. */
export function keepEvidence(plan: EpisodePlan, domain: TestDomain, record: readonly string[]): string {
  const directory = mkdtempSync(path.join(tmpdir(), "iceoryx2-kill-evidence-"));
  writeFileSync(path.join(directory, "plan.json"), JSON.stringify(plan, undefined, 2));
  writeFileSync(path.join(directory, "record.txt"), `${record.join("\n")}\n`);
  for (const entry of readdirSync(domain.rootPath, { recursive: true, withFileTypes: true })) {
    const source = path.join(entry.parentPath, entry.name);
    const target = path.join(directory, "files", path.relative(domain.rootPath, source));
    if (entry.isDirectory()) mkdirSync(target, { recursive: true });
    else copy(source, target, (content) => content);
  }
  for (const source of sharedMemoryOf(domain.prefix)) {
    copy(source, path.join(directory, "shm", `${path.basename(source)}.hex`), toHex);
  }
  return directory;
}

/** The first line tells the mode. What is gone meanwhile or cannot be read leaves a line that says so. */
function copy(source: string, target: string, convert: (content: Buffer) => string | Buffer): void {
  mkdirSync(path.dirname(target), { recursive: true });
  let content: string | Buffer;
  try {
    content = convert(readFileSync(source));
  } catch (error) {
    content = String(error);
  }
  const { mode } = statSync(source, { throwIfNoEntry: false }) ?? {};
  const head = mode === undefined ? "gone" : `mode ${(mode & 0o7777).toString(8)}`;
  writeFileSync(target, Buffer.concat([Buffer.from(`${head}\n`), Buffer.from(content)]));
}

/** Lines of 16 bytes with their offset; lines of zeros are left out. */
function toHex(content: Buffer): string {
  const lines: string[] = [];
  for (let offset = 0; offset < content.length; offset += HEX_COLUMNS) {
    const bytes = content.subarray(offset, offset + HEX_COLUMNS);
    if (bytes.some((byte) => byte !== 0))
      lines.push(`${offset.toString(16).padStart(8, "0")}  ${bytes.toString("hex")}`);
  }
  return `${content.length} bytes\n${lines.join("\n")}\n`;
}
