/** One end of a pair lives, the other one is killed and replaced: every message is checked in both. */
import assert from "node:assert/strict";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Node } from "iceoryx2-ts";
import { Pair, SocketError, type SocketStats } from "iceoryx2-ts/sockets";
import { TestDomain } from "iceoryx2-ts/testing";
import { Program } from "../program.ts";
import { Random } from "../random.ts";
import { receiveStream, sendStream, streamOf } from "./messages.ts";

export const KEY = "pair-kills";
/** How long after its message a kill may come, in milliseconds: somewhere in the midst of something. */
const DELAY_MAX = 5;

export interface Plan {
  /** How many messages the survivor gets. It sends about as many. */
  readonly messages: number;
  readonly kills: number;
  readonly seed: number;
}

export interface Report {
  readonly sent: number;
  readonly received: number;
  /** The longest time from a kill until all calls of the survivor had ended, in milliseconds. */
  readonly slowestEnd: number;
}

export async function killVictims({ messages, kills, seed }: Plan): Promise<Report> {
  using domain = new TestDomain();
  using node = Node.create({ config: domain.config, signals: "ignore" });
  const random = new Random(seed);
  const points = Array.from({ length: kills }, () => random.integer(1, messages)).sort((a, b) => a - b);
  const total = { sent: 0, received: 0, slowestEnd: 0 };
  const count = ({ sent, received }: SocketStats): void => {
    total.sent += sent;
    total.received += received;
  };
  for (const [session, point] of points.entries()) {
    await using victim = startVictim(domain, session, Number.MAX_SAFE_INTEGER);
    const pair = await Pair.connect(KEY, { node });
    const took = await killAt(pair, victim, session, Math.max(1, point - total.received), random);
    total.slowestEnd = Math.max(total.slowestEnd, took);
    count(pair.stats());
    pair.close();
  }
  count(await exchangeRest(domain, node, kills, Math.max(1, messages - total.received)));
  node.close();
  domain.assertClean();
  return total;
}

function startVictim(domain: TestDomain, session: number, count: number): Program {
  const script = fileURLToPath(new URL("victim.js", import.meta.url));
  const args = [script, domain.prefix, domain.rootPath, String(session), String(count)];
  return Program.start(process.execPath, args);
}

/** @returns how long the survivor's calls went on after the kill, in milliseconds. */
async function killAt(
  pair: Pair,
  victim: Program,
  session: number,
  point: number,
  random: Random,
): Promise<number> {
  let received = 0;
  let killed = Number.NaN;
  const delay = random.next() * DELAY_MAX;
  const kill = (): void => {
    killed = performance.now();
    process.kill(victim.pid, "SIGKILL");
  };
  const calls = await Promise.allSettled([
    sendStream(pair, streamOf(session, "survivor"), Number.MAX_SAFE_INTEGER),
    receiveStream(pair, streamOf(session, "victim"), Number.MAX_SAFE_INTEGER, () => {
      if (++received === point) setTimeout(kill, delay);
    }),
  ]);
  const took = performance.now() - killed;
  const ending = await victim.ended;
  if (ending.signal !== "SIGKILL") await victim.line(/^never$/);
  for (const call of calls) {
    assert(call.status === "rejected");
    const error: unknown = call.reason;
    if (!(error instanceof SocketError && error.code === "PeerDied")) throw error;
  }
  return took;
}

/** What is left, to the end. */
async function exchangeRest(
  domain: TestDomain,
  node: Node,
  session: number,
  count: number,
): Promise<SocketStats> {
  await using victim = startVictim(domain, session, count);
  const pair = await Pair.connect(KEY, { node });
  await Promise.all([
    sendStream(pair, streamOf(session, "survivor"), count),
    receiveStream(pair, streamOf(session, "victim"), count),
  ]);
  await pair.flush();
  const stats = pair.stats();
  assert.deepEqual(stats, { sent: count, received: count, inFlight: 0 });
  const [line] = await victim.line(/^\{.*$/);
  assert.deepEqual(JSON.parse(line), stats);
  assert.deepEqual(await victim.ended, { code: 0, signal: null });
  pair.close();
  return stats;
}

export function describeReport({ sent, received, slowestEnd }: Report): string {
  return `${received} messages received and ${sent} sent, all intact, in order and without a gap; told of a death after at most ${slowestEnd.toFixed(0)} ms`;
}
