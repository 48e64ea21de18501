/** Prints how long the slices are that come. */
import { bytes, Node } from "iceoryx2-ts";

using node = Node.create();
const service = node.service("Service With Dynamic Data").publishSubscribe(bytes).openOrCreate();
const subscriber = service.subscriber();

console.log("Subscriber ready to receive data!");
for await (const sample of subscriber) console.log(`received ${sample.payload.length} bytes`);
console.log("exit");
