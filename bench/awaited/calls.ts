/** Calls between two processes that wait in the event loop: one request at a time, and its response. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bytes, Config, Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { now, quantile } from "../statistics.ts";
import { describeSize, describeTime, printRow, printTitle } from "../table.ts";
import type { CallArguments } from "./call-server.ts";

export interface CallsOptions {
  readonly sizes: readonly number[];
  readonly calls: number;
}

const SERVER = fileURLToPath(new URL("call-server.js", import.meta.url));

/** @returns nanoseconds of each call. */
async function measureCalls(callArguments: CallArguments, calls: number): Promise<readonly number[]> {
  const { prefix, rootPath, size, notify } = callArguments;
  const args = [SERVER, JSON.stringify(callArguments)];
  const server = spawn(process.execPath, args, { stdio: ["pipe", "inherit", "inherit"] });
  const config = Config.with(Config.default(), { global: { prefix, rootPath } });
  const node = Node.create({ config, signals: "ignore" });
  const client = node
    .service("calls")
    .requestResponse(bytes, bytes)
    .openOrCreate({ maxServers: 1, maxClients: 1 })
    .client({ initialMaxSliceLen: size, notify });
  await client.waitForServer();
  const request = new Uint8Array(size);
  const measured: number[] = [];
  // The first half is about code that is not compiled yet.
  for (let i = 0; i < 2 * calls; i++) {
    const start = now();
    await client.call(request);
    if (i >= calls) measured.push(now() - start);
  }
  const exit = once(server, "exit");
  server.stdin.end();
  await exit;
  node.close();
  return measured;
}

export async function compareCalls({ sizes, calls }: CallsOptions): Promise<void> {
  printTitle("client.call and server.serve in two processes that wait in the event loop, copied in and out");
  printRow("", "median", "p99", "best");
  for (const notify of [false, true]) {
    for (const size of sizes) {
      using domain = new TestDomain();
      const { prefix, rootPath } = domain;
      const measured = await measureCalls({ prefix, rootPath, size, notify }, calls);
      const what = `${describeSize(size)}${notify ? ", notifying" : ""}`;
      printRow(what, ...[0.5, 0.99, 0].map((fraction) => describeTime(quantile(measured, fraction))));
    }
  }
}
