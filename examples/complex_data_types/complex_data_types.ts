/** Sends a struct of containers of containers, of over 20 megabytes, and receives it in the same process. */
import { array, bool, isize, Node, staticString, staticVec, struct, u64, usize } from "iceoryx2-ts";

const CYCLE_TIME = 1000;

const ComplexData = struct("ComplexData", { name: staticString(4), data: staticVec(u64, 4) });

// The library has no queue: written out, Rust's looks like this.
const FixedSizeQueue = struct("FixedSizeQueue", {
  distanceOfElements: isize,
  end: usize,
  length: usize,
  capacity: usize,
  isInitialized: bool,
  elements: array(staticString(4), 2),
});

// Rust names a type by its module where nothing else is said.
const ComplexDataType = struct("complex_data_types::ComplexDataType", {
  plainOldData: u64,
  text: staticString(8),
  vecOfData: staticVec(u64, 4),
  vecOfComplexData: staticVec(ComplexData, 404857),
  aQueueOfThings: FixedSizeQueue,
});

using node = Node.create();
const service = node
  .service("Complex Data Type Example")
  .publishSubscribe(ComplexDataType)
  .openOrCreate({ maxPublishers: 16, maxSubscribers: 16 });
const publisher = service.publisher();
const subscriber = service.subscriber();

let counter = 0n;
while (await node.wait(CYCLE_TIME)) {
  // In place: vectors take as many bytes as they have elements, and nothing is copied.
  using loan = publisher.loanUninit();
  const { payload } = loan;
  payload.plainOldData = counter;
  payload.text = "hello";
  payload.vecOfData.set([counter]);
  payload.vecOfComplexData.set([{ name: "bla", data: Array.from({ length: 4 }, () => counter) }]);
  payload.aQueueOfThings = {
    distanceOfElements: 40n,
    end: 1n,
    length: 1n,
    capacity: 2n,
    isInitialized: true,
    elements: ["buh", ""],
  };
  loan.send();
  console.log(`${counter} :: send`);

  subscriber.drain((sample) => console.log(`${counter} :: received: ${sample.payload.plainOldData}`));
  counter++;
}
console.log("exit");
