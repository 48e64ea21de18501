/** Notifies with another event id every second. */
import { Node } from "iceoryx2-ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node.service("MyEventName").event().openOrCreate();
const notifier = service.notifier();

for await (const counter of node.ticks(CYCLE_TIME)) {
  const eventId = counter % (service.staticConfig.eventIdMaxValue + 1);
  notifier.notify(eventId);
  console.log("Trigger event with id", eventId, "...");
}
console.log("exit");
