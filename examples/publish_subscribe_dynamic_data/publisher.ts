/** Sends ever longer slices: the publisher's memory grows with them. */
import { bytes, Node } from "iceoryx2-ts";

const CYCLE_TIME = 1000;
const MAX_SIZE = 1_000_000;

using node = Node.create();
const service = node.service("Service With Dynamic Data").publishSubscribe(bytes).openOrCreate();
const publisher = service.publisher({
  // A guess: the better it is, the less often memory is added.
  initialMaxSliceLen: 16,
  // Memory for a longer slice gets the next power of two as its size.
  allocationStrategy: "PowerOfTwo",
});

for await (const counter of node.ticks(CYCLE_TIME)) {
  const size = Math.min(counter * counter, MAX_SIZE);
  using loan = publisher.loanUninit(size);
  const { payload } = loan;
  for (let index = 0; index < size; index++) payload[index] = (index + counter) % 255;
  loan.send();
  console.log(`Send sample ${counter} with ${size} bytes...`);
}
console.log("exit");
