/** Prints, every second, the samples that came. */
import { Node } from "iceoryx2-ts";
import { TransmissionData } from "./transmission-data.ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node.service("My/Funk/ServiceName").publishSubscribe(TransmissionData).openOrCreate();
const subscriber = service.subscriber();

while (await node.wait(CYCLE_TIME)) {
  subscriber.drain(({ payload: { x, y, funky } }) => {
    console.log(`received: TransmissionData { x: ${x}, y: ${y}, funky: ${funky} }`);
  });
}
console.log("exit");
