/** Prints the vectors and strings that publishers of any language send. */
import { Node, staticString, staticVec, u64 } from "iceoryx2-ts";

using node = Node.create();
const service = node
  .service("CrossLanguageContainer")
  .publishSubscribe(staticVec(u64, 32), { userHeader: staticString(64) })
  .openOrCreate({ historySize: 5, subscriberMaxBufferSize: 5, enableSafeOverflow: false });
const subscriber = service.subscriber();

console.log("Subscriber ready to receive data!");
for await (const { payload, userHeader } of subscriber) {
  console.log(`received: [${payload.join(", ")}], user_header: "${userHeader}"`);
}
console.log("exit");
