/** Notifies a service every second: `--service <name> [--event-id <number>]`. */
import { parseArgs } from "node:util";
import { Node } from "iceoryx2-ts";

const CYCLE_TIME = 1000;

const { values } = parseArgs({
  options: {
    service: { type: "string", short: "s" },
    "event-id": { type: "string", short: "e", default: "0" },
  },
});
const { service: name, "event-id": eventId } = values;
if (name === undefined) throw new Error("which service? --service <name>");

using node = Node.create();
const notifier = node.service(name).event().openOrCreate().notifier();

for await (const _ of node.ticks(CYCLE_TIME)) {
  notifier.notify(Number(eventId));
  console.log(`[service: "${name}"] Trigger event ...`);
}
console.log("exit");
