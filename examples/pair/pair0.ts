/** Sends random messages of 256 B to 20 kB: `pair0 [amount]`. The other end is pair1. */
import { randomBytes, randomInt } from "node:crypto";
import { Pair0 } from "iceoryx2-ts/sockets";

const amount = Number(process.argv[2] ?? 10_000);
const messages = Array.from({ length: amount }, () => randomBytes(randomInt(256, 20 * 1024)));

const pair = await Pair0.connect("example-pair");
const start = performance.now();
for (const message of messages) await pair.send(message);
await pair.flush();
const seconds = (performance.now() - start) / 1000;
pair.close();

const total = messages.reduce((sum, { length }) => sum + length, 0);
console.log(`elapsed ${seconds.toFixed(2)} seconds, ${Math.round(amount / seconds)} items/sec`);
console.log(`total bytes transmitted: ${total.toLocaleString("en")}`);
