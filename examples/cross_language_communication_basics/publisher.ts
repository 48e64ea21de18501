/** Sends structs that programs in other languages know under the same names. */
import { Node } from "iceoryx2-ts";
import { CustomHeader } from "../_examples_common/custom-header.ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node
  .service("CrossLanguageBasics")
  .publishSubscribe(TransmissionData, { userHeader: CustomHeader })
  .openOrCreate();
const publisher = service.publisher();

for await (const counter of node.ticks(CYCLE_TIME)) {
  publisher.sendCopy(
    { x: counter, y: counter * 3, funky: counter * 812.12 },
    { userHeader: { version: 123, timestamp: 80337n + BigInt(counter) } },
  );
  console.log(`Send sample ${counter} ...`);
}
console.log("exit");
