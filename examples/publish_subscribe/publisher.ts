/** Sends a sample every second. */
import { Node } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node.service("My/Funk/ServiceName").publishSubscribe(TransmissionData).openOrCreate();
const publisher = service.publisher();

for await (const counter of node.ticks(CYCLE_TIME)) {
  using loan = publisher.loanUninit();
  loan.payload = { x: counter, y: counter * 3, funky: counter * 812.12 };
  loan.send();
  console.log(`Send sample ${counter} ...`);
}
console.log("exit");
