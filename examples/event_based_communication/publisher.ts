/** Sends a sample every second, notifies of it, and prints when a subscriber took it. */
import { Node } from "iceoryx2-ts";
import { PubSubEvent } from "../_examples_common/pub-sub-event.ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const SERVICE_NAME = process.env["IOX2_SERVICE_NAME"] ?? "My/Funk/ServiceName";
const CYCLE_TIME = 1000;

using node = Node.create();
const pubsub = node.service(SERVICE_NAME).publishSubscribe(TransmissionData).openOrCreate();
// It notifies of each sample, of coming and of going by itself.
const publisher = pubsub.publisher({ notify: true });
const listener = node.service(SERVICE_NAME).event().openOrCreate().listener();

using waitset = node.waitSet();
const tick = waitset.attachInterval(CYCLE_TIME);
waitset.attachNotification(listener);
console.log("Minimal event-driven publisher running...");

let counter = 0;
for await (const { guard } of waitset) {
  if (guard === tick) {
    counter++;
    publisher.sendCopy({ x: counter, y: counter * 3, funky: counter * 812.12 });
    console.log("send:", counter);
  } else {
    for (const { id } of listener.tryWait()) {
      if (id === PubSubEvent.ReceivedSample) console.log("subscriber consumed sample");
    }
  }
}
console.log("exit");
