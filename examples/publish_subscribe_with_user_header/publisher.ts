/** Sends samples with a header of its own in front of the payload. */
import { Node, u64 } from "iceoryx2-ts";
import { CustomHeader } from "../_examples_common/custom-header.ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node
  .service("ServiceWithUserHeader")
  .publishSubscribe(u64, { userHeader: CustomHeader })
  .openOrCreate();
const publisher = service.publisher();

for await (const counter of node.ticks(CYCLE_TIME)) {
  using loan = publisher.loanUninit();
  loan.userHeader.version = 123;
  loan.userHeader.timestamp = 80337n + BigInt(counter);
  loan.payload = BigInt(counter);
  loan.send();
  console.log(`Send sample ${counter} ...`);
}
console.log("exit");
