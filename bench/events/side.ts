/** One side of a pair in TypeScript. */
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as pass } from "node:timers/promises";
import { Config, Node } from "iceoryx2-ts";
import type { SideArguments } from "../exchange/protocol.ts";
import { now } from "../statistics.ts";
import { type Ends, openEnds } from "./ends.ts";
import type { EventCommand } from "./protocol.ts";

const { role, prefix, rootPath } = JSON.parse(process.argv[2]!) as SideArguments;
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
let node: Node | undefined;
let ends: Ends | undefined;

/** @returns nanoseconds. */
async function execute(command: EventCommand): Promise<readonly number[]> {
  switch (command.kind) {
    case "open": {
      node = Node.create({ config, signals: "ignore" });
      const name = command.means === "raw" ? `${rootPath}${command.name}` : command.name;
      ends = openEnds(node, command.means, name, role);
      return [];
    }
    case "connect":
      ends!.connect();
      return [];
    case "pingPong":
      return role === "a" ? ping(ends!, command.count, command.pause) : echo(ends!, command.count);
    case "stream":
      return role === "a" ? send(ends!, command.count) : take(ends!, command.count);
    case "idle":
      return role === "a" ? [] : idle(ends!, command.milliseconds);
    case "close":
      ends!.close();
      node!.close();
      return [];
  }
}

/** @returns each round trip. */
async function ping(ends: Ends, count: number, pause: number): Promise<readonly number[]> {
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  const roundTrips: number[] = [];
  let start = 0;
  const next = (): void => {
    if (pause > 0) Atomics.wait(sleeping, 0, 0, pause);
    start = now();
    ends.notify();
  };
  next();
  await ends.serve(() => {
    roundTrips.push(now() - start);
    if (roundTrips.length === count) return true;
    next();
    return false;
  });
  return roundTrips;
}

async function echo(ends: Ends, count: number): Promise<readonly number[]> {
  let left = count;
  await ends.serve(() => {
    ends.notify();
    left--;
    return left === 0;
  });
  return [];
}

/** @returns the price of one. */
function send(ends: Ends, count: number): readonly number[] {
  const start = now();
  for (let i = 0; i < count; i++) ends.notify();
  return [(now() - start) / count];
}

/** @returns the time between two, from the first to the last. */
async function take(ends: Ends, count: number): Promise<readonly number[]> {
  let start = 0;
  let taken = 0;
  await ends.serve((more) => {
    if (taken === 0) start = now();
    taken += more;
    return taken >= count;
  });
  return [(now() - start) / count];
}

/** @returns how much processor time a second of waiting takes. */
async function idle(ends: Ends, milliseconds: number): Promise<readonly number[]> {
  let isOver = false;
  // It ends when the listener is closed.
  void ends.serve(() => isOver);
  const before = process.cpuUsage();
  await pass(milliseconds);
  const { user, system } = process.cpuUsage(before);
  isOver = true;
  return [((user + system) * 1000) / (milliseconds / 1000)];
}

for await (const line of createInterface({ input: process.stdin })) {
  const nanoseconds = await execute(JSON.parse(line) as EventCommand);
  process.stdout.write(`${JSON.stringify({ nanoseconds })}\n`);
}
