/** Pairs that are connected and closed again and again, whoever comes and goes first. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Node } from "../api/node.ts";
import { inDomainAsync } from "../testing/in-domain.test-support.ts";
import { Pair } from "./pair.ts";
import { randomNumbers } from "./random-messages.test-support.ts";
import { SocketError } from "./socket-error.ts";

/** Each connects and closes two ends. */
const CYCLES = 500;
const MESSAGES_MAX = 5;

interface Plan {
  /** How many messages each of the two sends. */
  readonly counts: readonly [number, number];
  /** Who closes first, whether it flushes before, and how many of the other's messages it receives. */
  readonly closer: 0 | 1;
  readonly flushes: boolean;
  readonly receives: number;
}

function plan(random: () => number): Plan {
  const below = (limit: number): number => Math.floor(random() * limit);
  const counts = [below(MESSAGES_MAX), below(MESSAGES_MAX)] as const;
  const closer = below(2) as 0 | 1;
  return { counts, closer, flushes: below(2) === 1, receives: below(counts[1 - closer]! + 1) };
}

const isPeerClosed = (error: unknown): boolean => error instanceof SocketError && error.code === "PeerClosed";

async function sendUntilClosed(pair: Pair, count: number): Promise<void> {
  try {
    for (let i = 0; i < count; i++) await pair.send(Uint8Array.of(i));
  } catch (error) {
    if (!isPeerClosed(error)) throw error;
  }
}

async function cycle(node: Node, who: 0 | 1, { counts, closer, flushes, receives }: Plan): Promise<void> {
  const pair = await Pair.connect("p", { node });
  await sendUntilClosed(pair, counts[who]);
  if (who === closer) {
    for (let i = 0; i < receives; i++) assert.deepEqual(await pair.recv(), Uint8Array.of(i));
    if (flushes) await pair.flush();
  } else {
    let received = 0;
    for await (const message of pair) assert.deepEqual(message, Uint8Array.of(received++));
    assert.equal(received, counts[closer]);
    await assert.rejects(pair.recv(), isPeerClosed);
  }
  pair.close();
}

describe("pairs", () => {
  it(
    "are connected and closed a thousand times in random order, and none takes anything from the one before",
    inDomainAsync(async (node) => {
      const random = randomNumbers(Math.floor(Math.random() * 1e9));
      const plans = Array.from({ length: CYCLES }, () => plan(random));
      const loop = async (who: 0 | 1): Promise<void> => {
        for (const each of plans) await cycle(node, who, each);
      };
      await Promise.all([loop(0), loop(1)]);
    }),
  );
});
