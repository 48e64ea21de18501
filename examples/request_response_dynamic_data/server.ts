/** Answers requests of any length with responses that grow. */
import { bytes, Node } from "iceoryx2-ts";

const LARGEST = 1_000_000;

using node = Node.create();
const service = node
  .service("example//dynamic_request_response")
  .requestResponse(bytes, bytes)
  .openOrCreate();
const server = service.server({
  // A guess, how long responses are at first; a good one spares growing.
  initialMaxSliceLen: 16,
  // A response that is longer gets a memory whose size is the next power of two.
  allocationStrategy: "PowerOfTwo",
});
console.log("Server ready to receive requests!");

let counter = 1;
for await (const request of server) {
  console.log("received request with", request.payload.length, "bytes ...");

  const length = Math.min(LARGEST, counter * counter);
  using response = request.loanUninit(length);
  for (let index = 0; index < length; index++) response.payload[index] = (index + counter) % 255;
  console.log("  send response with", length, "bytes");
  response.send();
  counter++;
}
console.log("exit");
