/** Receives samples when it is notified of them, and complains when none comes for too long. */
import { Node } from "iceoryx2-ts";
import { PubSubEvent } from "../_examples_common/pub-sub-event.ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const SERVICE_NAME = process.env["IOX2_SERVICE_NAME"] ?? "My/Funk/ServiceName";
const DEADLINE = 2000;

using node = Node.create();
const subscriber = node.service(SERVICE_NAME).publishSubscribe(TransmissionData).openOrCreate().subscriber();
const events = node.service(SERVICE_NAME).event().openOrCreate();
const listener = events.listener();
const notifier = events.notifier();

using waitset = node.waitSet();
waitset.attachDeadline(listener, DEADLINE);
console.log("Minimal event-driven subscriber waiting for events...");

for await (const { kind } of waitset) {
  if (kind === "missedDeadline") {
    console.log(`Contract violation! The subscriber did not receive a message for ${DEADLINE / 1000} s.`);
    continue;
  }
  const isSent = listener.tryWait().some(({ id }) => id === PubSubEvent.SentSample);
  if (!isSent) continue;
  // One event may stand for several samples, so all are taken.
  subscriber.drain(({ payload: { x, y, funky } }) => {
    console.log(`received: TransmissionData { x: ${x}, y: ${y}, funky: ${funky} }`);
    notifier.notify(PubSubEvent.ReceivedSample);
  });
}
console.log("exit");
