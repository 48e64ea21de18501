/** Sends requests that grow, to a server whose responses grow as well. */
import { bytes, Node } from "iceoryx2-ts";

const CYCLE_TIME = 1000;
const LARGEST = 1_000_000;

using node = Node.create();
const service = node
  .service("example//dynamic_request_response")
  .requestResponse(bytes, bytes)
  .openOrCreate();
const client = service.client({
  // A guess, how long requests are at first; a good one spares growing.
  initialMaxSliceLen: 16,
  // A request that is longer gets a memory whose size is the next power of two.
  allocationStrategy: "PowerOfTwo",
});

for (let counter = 1; ; counter++) {
  const length = Math.min(LARGEST, counter * counter);
  using request = client.loanUninit(length);
  for (let index = 0; index < length; index++) request.payload[index] = (index + counter) % 255;
  using pending = request.send();
  console.log("send request", counter, "with", length, "bytes ...");

  if (!(await node.wait(CYCLE_TIME))) break;

  for (let response = pending.receive(); response !== undefined; response = pending.receive()) {
    console.log("received response with", response.payload.length, "bytes");
    response.release();
  }
}
console.log("exit");
