/** Streams of random messages that sender and receiver can both make, to compare every byte. */
import assert from "node:assert/strict";
import type { Pair } from "iceoryx2-ts/sockets";
import { Random } from "../random.ts";

/** The shortest and the longest message, in bytes. */
const MIN = 8;
const MAX = 64 * 1024;

/** Which of the streams between two ends, of all ends that there ever are. */
export function streamOf(session: number, from: "survivor" | "victim"): number {
  return 2 * session + (from === "survivor" ? 0 : 1);
}

function randomMessage(stream: number, index: number): Uint8Array {
  const random = new Random(Math.imul(stream, 0x01000193) ^ index);
  const message = new Uint8Array(random.integer(MIN, MAX));
  const words = new Uint32Array(message.buffer, 0, message.length >> 2);
  const base = random.seed();
  // Words that all differ show what is torn, moved or repeated.
  for (let i = 0; i < words.length; i++) words[i] = base + Math.imul(i, 0x9e3779b1);
  message.fill(base, words.length * 4);
  return message;
}

/** Sends the first messages of a stream. */
export async function sendStream(pair: Pair, stream: number, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await pair.send(randomMessage(stream, index));
}

/** Receives the first messages of a stream, some as copies and some where they lie. Throws if any is another one. */
export async function receiveStream(
  pair: Pair,
  stream: number,
  count: number,
  onMessage: () => void = () => {},
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const expected = randomMessage(stream, index);
    if (index % 2 === 0) check(await pair.recv(), expected, stream, index);
    else {
      using message = await pair.borrow();
      check(message.payload, expected, stream, index);
    }
    onMessage();
  }
}

function check(message: Readonly<Uint8Array>, expected: Uint8Array, stream: number, index: number): void {
  const isSame = Buffer.compare(message as Uint8Array, expected) === 0;
  assert(isSame, `message ${index} of stream ${stream}, ${message.length} bytes, is another one`);
}
