/** Receives the numbers of a publisher, until it closes. */
import { Sub0 } from "iceoryx2-ts/sockets";

const sub = await Sub0.subscribe("example-pubsub");
let last = "nothing";
for await (const message of sub) last = new TextDecoder().decode(message);
console.log(`received ${sub.stats().received} messages, the last is ${last}`);
sub.close();
