/** Receives what pair0 sends, until it closes. */
import { Pair1 } from "iceoryx2-ts/sockets";

const pair = await Pair1.connect("example-pair");
let bytes = 0;
for await (const message of pair) bytes += message.length;
const { received } = pair.stats();
pair.close();
console.log(`received ${received} messages, ${bytes.toLocaleString("en")} bytes`);
