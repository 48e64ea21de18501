/** Sends a request every second and prints the responses that came meanwhile. */
import { Node, u64 } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node.service("My/Funk/ServiceName").requestResponse(u64, TransmissionData).openOrCreate();
const client = service.client();

let requestCounter = 0;
let responseCounter = 0;

console.log(`send request ${requestCounter} ...`);
let pending = client.sendCopy(0n);

while (await node.wait(CYCLE_TIME)) {
  for (let response = pending.receive(); response !== undefined; response = pending.receive()) {
    console.log(`received response ${responseCounter++}:`, response.payload);
    response.release();
  }
  pending.release();

  // The same without a copy: the request is written where the server reads it.
  using request = client.loanUninit();
  request.payload = BigInt(++requestCounter);
  pending = request.send();
  console.log(`send request ${requestCounter} ...`);
}
console.log("exit");
