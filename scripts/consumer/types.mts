// Compiled by checks/package.check.ts with every supported TypeScript, never run: one line per corner of the types.
import {
  array,
  bool,
  type bytes,
  f64,
  Iox2Error,
  i32,
  Node,
  type Publisher,
  slice,
  staticString,
  staticVec,
  struct,
  u64,
  type Value,
} from "iceoryx2-ts";
import { Listener, Publisher as LowLevelPublisher } from "iceoryx2-ts/lowlevel";
import { type Message, Pair, Pair0, Pub0, SocketError, Sub0 } from "iceoryx2-ts/sockets";
import { TestDomain } from "iceoryx2-ts/testing";

const Pose = struct("Pose", { x: f64, y: f64 });
const Robot = struct("Robot", {
  id: u64,
  name: staticString(16),
  ready: bool,
  pose: Pose,
  trail: array(Pose, 4),
  joints: staticVec(i32, 8),
});
type Robot = Value<typeof Robot>;

export function describe(robot: Robot): string {
  const id: bigint = robot.id;
  return `${id} ${robot.name} ${robot.pose.x.toFixed(1)} ${robot.trail.length}`;
}

export async function talk(signal: AbortSignal): Promise<number> {
  using domain = new TestDomain();
  using node = Node.create({ name: "types", config: domain.config });
  using service = node.service("robots").publishSubscribe(Robot).openOrCreate({ historySize: 1 });
  using publisher = service.publisher({ maxLoanedSamples: 2, backpressureStrategy: "DiscardData" });
  using subscriber = service.subscriber({ bufferSize: undefined });
  using loan = publisher.loan();
  loan.payload.pose = { x: 1, y: 2 };
  loan.payload.joints.push(3);
  let receivers: number = loan.send();
  for await (const tick of node.ticks(10, { signal })) {
    receivers += tick;
    subscriber.drain((sample) => {
      receivers += sample.payload.pose.x;
      describe(sample.copy());
    });
  }
  return receivers;
}

export function send(text: Publisher<typeof bytes>, words: Publisher<ReturnType<typeof wordsType>>): void {
  text.sendCopy(new TextEncoder().encode("hello"));
  const view: BigUint64Array<ArrayBuffer> | undefined = words.loan(2).payload;
  view?.set([1n, 2n]);
}

function wordsType() {
  return slice(u64);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Iox2Error ? error.code : undefined;
}

export async function converse(signal: AbortSignal): Promise<number> {
  using publisher = LowLevelPublisher.create("raw", { maxPublishers: 1 }, { allocationStrategy: "best_fit" });
  using listener = Listener.create("raw");
  if (await listener.waitEvent(1, { timeout: 1, signal })) publisher.push(new Uint8Array(1));
  await using pair: Pair = await Pair0.connect("pair", { signal, maxInFlight: undefined });
  await using other = await Pair.connect("pair", { timeout: 1 });
  const pub = await Pub0.create("news", { waitSubs: 0, maxSubs: 2 });
  using sub = await Sub0.subscribe("news");
  const writer: WritableStream<Uint8Array> = pub.writable;
  const message: Message | undefined = sub.tryRecv() ?? (await pair.recv({ timeout: 1 }));
  for await (const each of other) await pair.send(each);
  return message.length + pair.stats().inFlight + (writer.locked ? 1 : 0);
}

export function isOver(error: unknown): boolean {
  return error instanceof SocketError && (error.code === "PeerClosed" || error.code === "PeerDied");
}
