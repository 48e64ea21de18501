/** Messages of random length and content that sender and receiver can both make. */
import assert from "node:assert/strict";

export interface Lengths {
  readonly min: number;
  readonly max: number;
}

/** mulberry32: small, fast and the same everywhere. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Message `index` of a stream. */
export function randomMessage(seed: number, index: number, { min, max }: Lengths): Uint8Array {
  const random = randomNumbers(seed * 1_000_003 + index);
  const message = new Uint8Array(min + Math.floor(random() * (max - min + 1)));
  const words = new Uint32Array(message.buffer, 0, message.length >> 2);
  // Every word differs from every other one, which is enough to notice what is torn, moved or repeated.
  const base = Math.floor(random() * 2 ** 32);
  for (let i = 0; i < words.length; i++) words[i] = base + Math.imul(i, 0x9e3779b1);
  for (let i = words.length * 4; i < message.length; i++) message[i] = base + i;
  return message;
}

/** Receives a whole stream and compares every byte. */
export async function receiveRandomMessages(
  socket: { recv(): Promise<Uint8Array> },
  seed: number,
  count: number,
  lengths: Lengths,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const message = await socket.recv();
    const expected = randomMessage(seed, index, lengths);
    const isSame = Buffer.compare(message, expected) === 0;
    assert(isSame, `message ${index} of stream ${seed} is another one`);
  }
}

export async function sendRandomMessages(
  socket: { send(message: Uint8Array): Promise<void> },
  seed: number,
  count: number,
  lengths: Lengths,
): Promise<void> {
  for (let index = 0; index < count; index++) await socket.send(randomMessage(seed, index, lengths));
}
