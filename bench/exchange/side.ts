/** One side of a pair in TypeScript. */
import { createInterface } from "node:readline";
import { Config, Node } from "iceoryx2-ts";
import { openCall, rehearseCall } from "./call.ts";
import { openFloor } from "./floor.ts";
import { openPingPong, rehearsePingPong } from "./ping-pong.ts";
import type { OpenCommand, Role, SideAnswer, SideArguments, SideCommand } from "./protocol.ts";
import { openStream, rehearseStream } from "./stream.ts";

/** Ports that are open, ready to exchange messages. */
export interface Exchange {
  run(batches: number, count: number, touched: boolean): readonly number[];
}

type Open = (node: Node, command: OpenCommand, role: Role) => Exchange;

const PATTERNS: Readonly<Record<OpenCommand["pattern"], Open>> = {
  pingPong: openPingPong,
  stream: openStream,
  call: openCall,
  callAmongEight: openCall,
  floor: openFloor,
};

const REHEARSALS = 3;
const MESSAGES = 64 * 2000;

const { role, prefix, rootPath } = JSON.parse(process.argv[2]!) as SideArguments;
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
let node: Node | undefined;
let exchange: Exchange | undefined;

function execute(command: SideCommand): readonly number[] {
  switch (command.kind) {
    case "rehearse":
      rehearse();
      return [];
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

/** Before others take part: what is not compiled yet when both sides spin takes very long to be. */
function rehearse(): void {
  using node = Node.create({ config, signals: "ignore" });
  const command = { kind: "open", name: `rehearsal of ${role}`, size: 8 } as const;
  for (let i = 0; i < REHEARSALS; i++) {
    rehearsePingPong(
      node,
      { ...command, pattern: "pingPong", name: `${command.name}-${i}`, buffer: 1 },
      MESSAGES,
    );
    rehearseStream(
      node,
      { ...command, pattern: "stream", name: `${command.name}+${i}`, buffer: 64 },
      MESSAGES,
    );
    rehearseCall(node, { ...command, pattern: "call", name: `${command.name}?${i}`, buffer: 1 }, MESSAGES);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer: SideAnswer = { nanoseconds: execute(JSON.parse(line) as SideCommand) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
