/** Processes of ours that die. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ConfigOverrides, MessagingPatternKind } from "iceoryx2-ts";
import type { TestDomain } from "iceoryx2-ts/testing";
import { Program } from "../program.ts";

/** Switches off that dead nodes are cleaned up by the way. */
export const ON_DEMAND: ConfigOverrides = {
  global: {
    service: { cleanupDeadNodesOnOpen: false },
    node: { cleanupDeadNodesOnCreation: false, cleanupDeadNodesOnDestruction: false },
  },
};

export interface VictimOptions {
  readonly nodes?: number;
  readonly kind?: MessagingPatternKind;
  /** What every node has open, with a port of each kind. */
  readonly services?: readonly string[];
}

/** Starts a process that has all that, and cleans up nothing. */
export async function startVictim(
  { prefix, rootPath }: TestDomain,
  { nodes = 1, kind = "PublishSubscribe", services = [] }: VictimOptions,
): Promise<Program> {
  const overrides: ConfigOverrides = { global: { ...ON_DEMAND.global, prefix, rootPath } };
  const file = fileURLToPath(new URL("victim-program.js", import.meta.url));
  const args = [file, JSON.stringify(overrides), String(nodes), kind, ...services];
  const victim = Program.start(process.execPath, args);
  await victim.line(/^ready$/);
  return victim;
}

/** Leaves behind what such a process leaves when it is killed. */
export async function leaveDead(domain: TestDomain, options: VictimOptions): Promise<void> {
  const victim = await startVictim(domain, options);
  await victim.end("SIGKILL");
}
