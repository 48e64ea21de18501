/** A process that lives as a node until it is killed. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { Config } from "../config/config.ts";
import { hostOs } from "../os/host.ts";
import { MonitoringToken } from "./monitoring-token.ts";

/** @returns the process, which is alive as `nodeId`. */
export async function startMonitoredProcess({ global }: Config, nodeId: bigint): Promise<ChildProcess> {
  const child = fork(import.meta.filename, [global.rootPath, global.prefix, String(nodeId)]);
  await once(child, "message");
  return child;
}

/** As a crash ends it. */
export async function kill(child: ChildProcess): Promise<void> {
  const end = once(child, "exit");
  child.kill("SIGKILL");
  await end;
}

if (process.argv[1] === import.meta.filename) {
  const [rootPath = "", prefix = "", nodeId = ""] = process.argv.slice(2);
  const config = Config.with(Config.default(), { global: { rootPath, prefix } });
  MonitoringToken.create(hostOs(), config, BigInt(nodeId), 1n);
  // Keeps the process alive, but not longer than its parent.
  process.once("disconnect", () => process.exit());
  process.send?.("alive");
}
