/** Sends a vector and a string in the layout that all languages share. */
import { Node, staticString, staticVec, u64 } from "iceoryx2-ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node
  .service("CrossLanguageContainer")
  .publishSubscribe(staticVec(u64, 32), { userHeader: staticString(64) })
  // A late subscriber gets the last five samples, and a full one loses none.
  .openOrCreate({ historySize: 5, subscriberMaxBufferSize: 5, enableSafeOverflow: false });
const publisher = service.publisher();

for await (const counter of node.ticks(CYCLE_TIME)) {
  await publisher.send([counter, counter + 1, counter + 2].map(BigInt), {
    userHeader: "Are Hypnotoad and Kermit related like Fry and the Professor?",
  });
  console.log(`Send sample ${counter} ...`);
}
console.log("exit");
