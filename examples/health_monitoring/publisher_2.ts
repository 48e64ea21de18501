/** Sends a sample every one and a half seconds, as publisher_1 does. */
import { Node, NotifierNotifyError, u64 } from "iceoryx2-ts";
import { PubSubEvent } from "../_examples_common/pub-sub-event.ts";

const CYCLE_TIME = 1500;
const SERVICE = "service_2";

using node = Node.create({ name: "publisher 2" });
const publisher = node.service(SERVICE).publishSubscribe(u64).open().publisher();
const notifier = node.service(SERVICE).event().open().notifier({ defaultEventId: PubSubEvent.SentSample });

let counter = 1_000_000n;
for await (const _ of node.ticks(CYCLE_TIME)) {
  console.log(`${SERVICE}: Send sample ${counter} ...`);
  publisher.sendCopy(counter++);
  try {
    notifier.notify();
  } catch (error) {
    // Too late, but delivered.
    if (!(error instanceof NotifierNotifyError && error.code === "MissedDeadline")) throw error;
    console.log(`${SERVICE}: ${error.code}`);
  }
}
console.log("exit");
