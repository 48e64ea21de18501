/** Wakes the servers for its requests, and is woken for their responses. */
import { Node, u64 } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";
import { ListenerId, NAME, split } from "./services.ts";

const CYCLE_TIME = 1000;
const TIMEOUT = 100;

using node = Node.create();
const notifier = node.service(`${NAME}/server`).event().openOrCreate().notifier();
const listener = node.service(`${NAME}/client`).event().openOrCreate().listener();
const client = node
  .service(NAME)
  .requestResponse(u64, TransmissionData, { requestUserHeader: ListenerId })
  .openOrCreate()
  .client();

let requestCounter = 0;
let responseCounter = 0;

for await (const _ of node.ticks(CYCLE_TIME)) {
  console.log(`send request ${requestCounter} ...`);
  // The server shall wake nobody but this client.
  using pending = client.sendCopy(BigInt(requestCounter), { userHeader: split(listener.id) });
  notifier.notify();

  const events = await listener.wait({ timeout: TIMEOUT });
  if (events.length === 0) {
    console.log("Timeout while waiting for response from server");
    continue;
  }
  const count = events.reduce((sum, event) => sum + event.count, 0);
  console.log(`  number of received notifications from server: ${count}`);

  for (let response = pending.receive(); response !== undefined; response = pending.receive()) {
    console.log(`  received response ${responseCounter++}:`, response.payload);
    response.release();
  }
  requestCounter++;
}
console.log("exit");
