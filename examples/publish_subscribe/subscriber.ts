/** Prints the samples that come. */
import { Node } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

using node = Node.create();
const service = node.service("My/Funk/ServiceName").publishSubscribe(TransmissionData).openOrCreate();
const subscriber = service.subscriber();

console.log("Subscriber ready to receive data!");
for await (const sample of subscriber) console.log("received:", sample.payload);
console.log("exit");
