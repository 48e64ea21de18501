/** Sleeps until a client wakes it, and wakes the client whose request it answered. */
import { Node, u64 } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";
import { join, ListenerId, NAME } from "./services.ts";

using node = Node.create();
const listener = node.service(`${NAME}/server`).event().openOrCreate().listener();
const notifier = node.service(`${NAME}/client`).event().openOrCreate().notifier();
const server = node
  .service(NAME)
  .requestResponse(u64, TransmissionData, { requestUserHeader: ListenerId })
  .openOrCreate()
  .server();
console.log("Server ready to receive requests!");

let counter = 0;
for await (const _ of listener) {
  for (let request = server.receive(); request !== undefined; request = server.receive()) {
    console.log(`received request: ${request.payload}`);
    const response = { x: 5 + counter, y: 6 * counter, funky: 7.77 };
    console.log("  send response: TransmissionData", response);
    request.sendCopy(response);
    const id = join(request.userHeader);
    notifier
      .listeners()
      .find(({ portId }) => portId === id)
      ?.notify();
    request.release();
  }
  counter++;
}
console.log("exit");
