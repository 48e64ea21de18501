/** Waits for the events of several services at once: `--services <name>`, as often as there are. */
import { parseArgs } from "node:util";
import { type Listener, Node } from "iceoryx2-ts";

const { values } = parseArgs({ options: { services: { type: "string", short: "s", multiple: true } } });
const services = values.services ?? [];

using node = Node.create();
using waitset = node.waitSet();
const names = new Map<Listener, string>();
for (const name of services) {
  const listener = node.service(name).event().openOrCreate().listener();
  waitset.attachNotification(listener);
  names.set(listener, name);
}
console.log(`Waiting on the following services: ${JSON.stringify(services)}`);

for await (const attachment of waitset) {
  if (attachment.kind !== "notification") continue;
  const { source } = attachment;
  // Everything has to be taken: the wait set reports a listener as long as there is anything.
  for (const { id, count } of source.tryWait()) {
    console.log(`Received trigger from "${names.get(source)}" :: EventId(${id}), ${count} times`);
  }
}
console.log("exit");
