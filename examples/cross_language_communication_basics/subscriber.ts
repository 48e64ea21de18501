/** Prints what publishers of any language send. */
import { Node } from "iceoryx2-ts";
import { CustomHeader } from "../_examples_common/custom-header.ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

using node = Node.create();
const service = node
  .service("CrossLanguageBasics")
  .publishSubscribe(TransmissionData, { userHeader: CustomHeader })
  .openOrCreate();
const subscriber = service.subscriber();

console.log("Subscriber ready to receive data!");
for await (const { payload, userHeader } of subscriber) {
  console.log("received: %O, user_header: %O", payload, userHeader);
}
console.log("exit");
