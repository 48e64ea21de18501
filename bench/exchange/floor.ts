/**
 * The same memory without any protocol: both sides spin on a word in a cache line of the other. Touched messages lie
 * beside the words.
 */
import type { Node } from "iceoryx2-ts";
import { measure } from "../statistics.ts";
import { openPingPongPorts, type PingPongPorts } from "./ping-pong.ts";
import type { OpenCommand, Role } from "./protocol.ts";
import type { Exchange } from "./side.ts";
import { Touch } from "./touch.ts";

const CACHE_LINE = 64;

interface Shared {
  readonly word: Int32Array;
  readonly payload: Uint8Array;
}

export function openFloor(node: Node, command: OpenCommand, role: Role): Exchange {
  const ports = openPingPongPorts(node, { ...command, size: command.size + 3 * CACHE_LINE }, role);
  const outgoing = new Touch(command.size);
  const incoming = new Touch(command.size);
  let shared: { readonly mine: Shared; readonly theirs: Shared } | undefined;
  return {
    run(batches, count, touched) {
      shared ??= share(ports, command.size);
      const { mine, theirs } = shared;
      let round = Atomics.load(mine.word, 0);
      const send = (): void => {
        if (touched) outgoing.write(mine.payload);
        Atomics.store(mine.word, 0, round);
      };
      const receive = (): void => {
        while (Atomics.load(theirs.word, 0) !== round);
        if (touched) incoming.read(theirs.payload);
      };
      const [first, second] = role === "a" ? [send, receive] : [receive, send];
      return measure(batches, count, (calls) => {
        for (let i = 0; i < calls; i++) {
          round++;
          first();
          second();
        }
      });
    },
  };
}

/**
 * A slice's bare typed array stays mapped after its sample was sent or released: memory that one side writes and the
 * other sees, without anything in between.
 */
function share(
  { publisher, subscriber }: PingPongPorts,
  size: number,
): { readonly mine: Shared; readonly theirs: Shared } {
  const toShared = ({ buffer, byteOffset }: Uint8Array<ArrayBuffer>): Shared => {
    const start = Math.ceil(byteOffset / CACHE_LINE) * CACHE_LINE;
    return {
      word: new Int32Array(buffer, start, 1),
      payload: new Uint8Array(buffer, start + CACHE_LINE, size),
    };
  };
  const loan = publisher.loan(size + 3 * CACHE_LINE);
  const mine = toShared(loan.payload);
  loan.send();
  for (;;) {
    const sample = subscriber.receive();
    if (sample !== undefined) return { mine, theirs: toShared(sample.payload) };
  }
}
