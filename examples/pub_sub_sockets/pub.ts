/** Sends numbers to subscribers: `pub [amount] [subscribers to wait for]`. */
import { Pub0 } from "iceoryx2-ts/sockets";

const amount = Number(process.argv[2] ?? 10_000);
const pub = await Pub0.create("example-pubsub");
await pub.waitSubs(Number(process.argv[3] ?? 2));

const start = performance.now();
for (let i = 0; i < amount; i++) await pub.send(new TextEncoder().encode(String(i)));
await pub.flush();
const seconds = (performance.now() - start) / 1000;
pub.close();
console.log(`elapsed ${seconds.toFixed(2)} seconds, ${Math.round(amount / seconds)} items/sec`);
