/**
 * Two processes that send each other one message at a time, polling: a2b and b2a, one publisher and one subscriber
 * each, buffer 1, safe overflow, slices of bytes that nobody touches. So does upstream's own benchmark.
 *
 * The floor beside it is the same memory without any protocol: both sides spin on a word in a cache line of the other.
 */
import { bytes, type Config, Node, type Publisher, type Subscriber } from "iceoryx2-ts";

export type Role = "a" | "b";

export interface PingPong {
  /** Sends a message of `size` bytes and waits for the next one; "b" does it the other way round. */
  roundTrips(count: number, size: number): void;
  /** The same on two bare words. */
  floor(count: number): void;
  close(): void;
}

/** The largest message; chunks of that size are mapped once and touched by nobody. */
export const SIZE_MAX: number = 4 * 1024 * 1024;
const CACHE_LINE = 64;

export function pingPong(config: Config, role: Role): PingPong {
  const node = Node.create({ config, signals: "ignore" });
  const service = (name: string) =>
    node
      .service(name)
      .publishSubscribe(bytes)
      .openOrCreate({ maxPublishers: 1, maxSubscribers: 1, subscriberMaxBufferSize: 1, historySize: 0 });
  const mine = service(role === "a" ? "a2b" : "b2a");
  const theirs = service(role === "a" ? "b2a" : "a2b");
  const publisher = mine.publisher({ initialMaxSliceLen: SIZE_MAX });
  const subscriber = theirs.subscriber();
  while (mine.numberOfSubscribers === 0 || theirs.numberOfPublishers === 0);
  let words: { readonly mine: Int32Array; readonly theirs: Int32Array } | undefined;
  return {
    roundTrips: (count, size) => roundTrips(publisher, subscriber, role, count, size),
    floor: (count) => {
      words ??= shareWords(publisher, subscriber);
      spin(words.mine, words.theirs, role, count);
    },
    close: () => node.close(),
  };
}

type Bytes = typeof bytes;

function roundTrips(
  publisher: Publisher<Bytes>,
  subscriber: Subscriber<Bytes>,
  role: Role,
  count: number,
  size: number,
): void {
  for (let i = 0; i < count; i++) {
    if (role === "b") awaitMessage(subscriber, size);
    publisher.loanUninit(size).send();
    if (role === "a") awaitMessage(subscriber, size);
  }
}

function awaitMessage(subscriber: Subscriber<Bytes>, size: number): void {
  for (;;) {
    const sample = subscriber.receive();
    if (sample === undefined) continue;
    const { length } = sample.payload;
    sample.release();
    if (length !== size) throw new Error(`a message of ${length} bytes came instead of ${size}`);
    return;
  }
}

/**
 * A slice's bare typed array stays mapped after its sample was sent or released: memory that one side writes and the
 * other sees, without anything in between.
 */
function shareWords(
  publisher: Publisher<Bytes>,
  subscriber: Subscriber<Bytes>,
): { readonly mine: Int32Array; readonly theirs: Int32Array } {
  const toWords = ({ buffer, byteOffset }: Uint8Array<ArrayBuffer>): Int32Array =>
    new Int32Array(buffer, Math.ceil(byteOffset / CACHE_LINE) * CACHE_LINE, 1);
  const loan = publisher.loan(4 * CACHE_LINE);
  const mine = toWords(loan.payload);
  loan.send();
  for (;;) {
    const sample = subscriber.receive();
    if (sample !== undefined) return { mine, theirs: toWords(sample.payload) };
  }
}

function spin(mine: Int32Array, theirs: Int32Array, role: Role, count: number): void {
  const start = Atomics.load(mine, 0);
  for (let i = 1; i <= count; i++) {
    const value = start + i;
    if (role === "a") Atomics.store(mine, 0, value);
    while (Atomics.load(theirs, 0) !== value);
    if (role === "b") Atomics.store(mine, 0, value);
  }
}
