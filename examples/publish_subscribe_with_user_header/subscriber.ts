/** Prints the samples that come, with their headers. */
import { Node, u64 } from "iceoryx2-ts";
import { CustomHeader } from "../_examples_common/custom-header.ts";

using node = Node.create();
const service = node
  .service("ServiceWithUserHeader")
  .publishSubscribe(u64, { userHeader: CustomHeader })
  .openOrCreate();
const subscriber = service.subscriber();

console.log("Subscriber ready to receive data!");
for await (const { payload, userHeader } of subscriber) {
  console.log(`received: ${payload}, user_header: %O`, userHeader);
}
console.log("exit");
