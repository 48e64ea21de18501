/** One side of a pair in TypeScript. */
import { createInterface } from "node:readline";
import { Config, Node } from "iceoryx2-ts";
import { openFloor } from "./floor.ts";
import { openPingPong } from "./ping-pong.ts";
import type { OpenCommand, Role, SideAnswer, SideArguments, SideCommand } from "./protocol.ts";
import { openStream } from "./stream.ts";

/** Ports that are open, ready to exchange messages. */
export interface Exchange {
  run(batches: number, count: number, touched: boolean): readonly number[];
}

type Open = (node: Node, command: OpenCommand, role: Role) => Exchange;

const PATTERNS: Readonly<Record<OpenCommand["pattern"], Open>> = {
  pingPong: openPingPong,
  stream: openStream,
  floor: openFloor,
};

const { role, prefix, rootPath } = JSON.parse(process.argv[2]!) as SideArguments;
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
let node: Node | undefined;
let exchange: Exchange | undefined;

function execute(command: SideCommand): readonly number[] {
  switch (command.kind) {
    case "open":
      node = Node.create({ config, signals: "ignore" });
      exchange = PATTERNS[command.pattern](node, command, role);
      return [];
    case "run":
      return exchange!.run(command.batches, command.count, command.touched);
    case "close":
      node?.close();
      return [];
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer: SideAnswer = { nanoseconds: execute(JSON.parse(line) as SideCommand) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
