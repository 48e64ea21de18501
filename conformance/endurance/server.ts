/** The server's process: one line of JSON tells it how far to serve, one tells what it holds then. */
import process from "node:process";
import { createInterface } from "node:readline";
import { Config, Node } from "iceoryx2-ts";
import { holdings, openNumbers, serveMany } from "./side.ts";

const [prefix, rootPath] = process.argv.slice(2) as [string, string];
const node = Node.create({
  config: Config.with(Config.default(), { global: { prefix, rootPath } }),
  signals: "ignore",
});
const server = openNumbers(node).server();
process.stdout.write(`${JSON.stringify(holdings())}\n`);
for await (const last of createInterface({ input: process.stdin })) {
  serveMany(server, BigInt(last));
  process.stdout.write(`${JSON.stringify(holdings())}\n`);
}
node.close();
