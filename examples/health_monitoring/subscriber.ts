/** Receives what both publishers send, and notices when one is late or dies. */
import { Node, u64 } from "iceoryx2-ts";
import { findAndCleanupDeadNodes } from "../_examples_common/dead-nodes.ts";
import { PubSubEvent } from "../_examples_common/pub-sub-event.ts";

/** For services that have no deadline of their own. */
const CYCLE_TIMES = { service_1: 1500, service_2: 2000 };

using node = Node.create({ name: "subscriber" });
using waitset = node.waitSet();

const channels = new Map(
  Object.entries(CYCLE_TIMES).map(([service, cycleTime]) => {
    const subscriber = node.service(service).publishSubscribe(u64).open().subscriber();
    const listener = node.service(service).event().open().listener();
    const deadline = listener.deadline ?? cycleTime;
    return [waitset.attachDeadline(listener, deadline), { service, subscriber, listener, deadline }] as const;
  }),
);

const NEWS: Readonly<Record<number, string>> = {
  [PubSubEvent.PublisherConnected]: "publisher connected!",
  [PubSubEvent.PublisherDisconnected]: "publisher disconnected!",
  [PubSubEvent.ProcessDied]: "process died!",
};

for await (const { kind, guard } of waitset) {
  const { service, subscriber, listener, deadline } = channels.get(guard)!;
  if (kind === "missedDeadline") {
    console.log(`${service}: violated contract and did not send a message after ${deadline / 1000}s.`);
    // It may have died. The daemon would clean up, unless it died as well.
    findAndCleanupDeadNodes(node);
  } else {
    for (const { id } of listener.tryWait()) if (id in NEWS) console.log(`${service}: ${NEWS[id]}`);
    subscriber.drain((sample) => console.log(`${service}: Received sample ${sample.payload} ...`));
  }
}
console.log("exit");
