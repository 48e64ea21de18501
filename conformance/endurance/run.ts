/** Requests from one process to another, as many as asked for, and what both hold before and after. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Node } from "iceoryx2-ts";
import { TestDomain } from "iceoryx2-ts/testing";
import { callMany, type Holdings, holdings, openNumbers } from "./side.ts";

/** What is compiled, mapped and grown at all is so after as many. */
const WARM_UP = 50_000;

export interface EnduranceReport {
  readonly client: Growth;
  readonly server: Growth;
  /** Files and shared memory objects of the domain. */
  readonly files: number;
  /** Per second. */
  readonly rate: number;
}

/** What a process has more than before. */
export type Growth = Holdings;

export async function endure(requests: number): Promise<EnduranceReport> {
  using domain = new TestDomain();
  using node = Node.create({ config: domain.config, signals: "ignore" });
  const service = openNumbers(node);
  const client = service.client();
  const script = fileURLToPath(new URL("server.js", import.meta.url));
  const args = ["--expose-gc", script, domain.prefix, domain.rootPath];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Holdings> => JSON.parse((await lines.next()).value as string) as Holdings;
  await answer();
  client.updateConnections();
  let next = 0n;
  const exchange = async (count: number): Promise<{ client: Holdings; server: Holdings; files: number }> => {
    const first = next;
    next += BigInt(count);
    child.stdin.write(`${next - 1n}\n`);
    callMany(client, first, count);
    return { server: await answer(), client: holdings(), files: domain.leftovers().length };
  };
  const before = await exchange(WARM_UP);
  const start = process.hrtime.bigint();
  const after = await exchange(requests);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const exit = once(child, "exit");
  child.stdin.end();
  await exit;
  node.close();
  domain.assertClean();
  return {
    client: growth(before.client, after.client),
    server: growth(before.server, after.server),
    files: after.files - before.files,
    rate: requests / seconds,
  };
}

export function growth(before: Holdings, after: Holdings): Growth {
  return {
    mappings: after.mappings - before.mappings,
    descriptors: after.descriptors - before.descriptors,
    heap: after.heap - before.heap,
  };
}
