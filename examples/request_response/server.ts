/** Answers every request with a stream of one or two responses. */
import { Node, u64 } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

using node = Node.create();
const service = node.service("My/Funk/ServiceName").requestResponse(u64, TransmissionData).openOrCreate();
const server = service.server();
console.log("Server ready to receive requests!");

let counter = 0;
for await (const request of server) {
  console.log(`received request: ${request.payload}`);

  const response = { x: 5 + counter, y: 6 * counter, funky: 7.77 };
  console.log("  send response: TransmissionData", response);
  request.sendCopy(response);

  // The same without a copy: the response is written where the client reads it.
  for (let n = 0; n < request.payload % 2n; n++) {
    using loan = request.loanUninit();
    loan.payload = { x: counter * (n + 1), y: counter + n, funky: counter * 0.1234 };
    console.log("  send response:", loan.payload);
    loan.send();
  }
  counter++;
}
console.log("exit");
