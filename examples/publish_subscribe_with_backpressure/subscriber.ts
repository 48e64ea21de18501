/** Reads more slowly than the publisher sends, with room for one sample. */
import { Node } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node
  .service("ServiceWithSlowSubscriber")
  .publishSubscribe(TransmissionData)
  .openOrCreate({ enableSafeOverflow: false });
const subscriber = service.subscriber({ bufferSize: 1 });

console.log("Subscriber ready to receive data!");
while (await node.wait(CYCLE_TIME)) subscriber.drain(({ payload }) => console.log("received:", payload));
console.log("exit");
