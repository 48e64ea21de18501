/** Creates the services that all others open, and cleans up after those that die. */
import { Node, u64 } from "iceoryx2-ts";
import { findAndCleanupDeadNodes } from "../_examples_common/dead-nodes.ts";
import { PubSubEvent } from "../_examples_common/pub-sub-event.ts";

const CYCLE_TIME = 100;
const DEADLINES = { service_1: 1500, service_2: 2000 };

using node = Node.create({ name: "central daemon" });
for (const [name, deadline] of Object.entries(DEADLINES)) {
  // Not `create`: a daemon that crashed can be started again.
  node.service(name).publishSubscribe(u64).openOrCreate();
  node.service(name).event().openOrCreate({
    // The longest time between two notifications.
    deadline,
    // Notifiers send these two by themselves when they come and go.
    notifierCreatedEvent: PubSubEvent.PublisherConnected,
    notifierDroppedEvent: PubSubEvent.PublisherDisconnected,
    // This one is sent by whoever cleans up after a notifier that died.
    notifierDeadEvent: PubSubEvent.ProcessDied,
  });
}

console.log("Central daemon up and running.");
while (await node.wait(CYCLE_TIME)) findAndCleanupDeadNodes(node);
console.log("exit");
