/** Prints the events that it is notified of, without blocking anything. */
import { Node } from "iceoryx2-ts";

using node = Node.create();
const service = node.service("MyEventName").event().openOrCreate();
const listener = service.listener();

console.log("Listener ready to receive events!");

for await (const { id, count } of listener) {
  console.log(`event was triggered with id: EventId(${id}) ${count} times`);
}
console.log("exit");
