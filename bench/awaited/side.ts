/**
 * One side of an awaited stream: `await publisher.send(...)` here, `for await (... of subscriber)` there. The first
 * argument says which, the second is what it needs to know as JSON; the receiving side prints what it measured.
 */
import process from "node:process";
import { bytes, Config, Node, type PublishSubscribeService } from "iceoryx2-ts";
import { now } from "../statistics.ts";

export interface AwaitedArguments {
  readonly prefix: string;
  readonly rootPath: string;
  /** Of a message, in bytes. */
  readonly size: number;
  readonly buffer: number;
  readonly batches: number;
  /** Messages per batch. */
  readonly count: number;
  /** Whether the sides tell each other by events. */
  readonly notify: boolean;
}

const { prefix, rootPath, size, buffer, batches, count, notify } = JSON.parse(
  process.argv[3]!,
) as AwaitedArguments;
const config = Config.with(Config.default(), { global: { prefix, rootPath } });

function openService(node: Node): PublishSubscribeService<typeof bytes> {
  return node.service("awaited").publishSubscribe(bytes).openOrCreate({
    maxPublishers: 1,
    maxSubscribers: 1,
    subscriberMaxBufferSize: buffer,
    historySize: 0,
    enableSafeOverflow: false,
  });
}

async function send(node: Node): Promise<void> {
  const publisher = openService(node).publisher({ initialMaxSliceLen: size, notify });
  const message = new Uint8Array(size);
  process.stdout.write("ready\n");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  publisher.updateConnections();
  for (let i = 0; i < batches * count; i++) await publisher.send(message);
  // What is not received yet would be lost with its sender's memory.
  await new Promise((resolve) => process.stdin.once("end", resolve).resume());
}

/** @returns nanoseconds per message, one value per batch. */
async function receive(node: Node): Promise<number[]> {
  const subscriber = openService(node).subscriber();
  // Connects: what is sent to nobody is lost.
  subscriber.hasSamples();
  process.stdout.write("ready\n");
  const measured: number[] = [];
  let received = 0;
  let start = now();
  for await (const { payload } of subscriber) {
    if (payload.length !== size)
      throw new Error(`a message of ${payload.length} bytes came instead of ${size}`);
    if (++received % count !== 0) continue;
    const end = now();
    measured.push((end - start) / count);
    start = end;
    if (measured.length === batches) break;
  }
  return measured;
}

const node = Node.create({ config });
if (process.argv[2] === "send") await send(node);
else process.stdout.write(`${JSON.stringify(await receive(node))}\n`);
node.close();
