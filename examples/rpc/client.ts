/** Calls the procedure of the server: once for the first answer, once for all of them. */
import { CallError, ClosedError, Node, u64 } from "iceoryx2-ts";
import { NAME, QOS } from "./service.ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const client = node.service(NAME).requestResponse(u64, u64).openOrCreate(QOS).client();
await client.waitForServer();

let number = 60n;
for await (const _ of node.ticks(CYCLE_TIME)) {
  try {
    const smallest = await client.call(number, { timeout: 500 });
    const factors: bigint[] = [];
    for await (const { payload } of client.stream(number)) factors.push(payload);
    console.log(`${number} = ${factors.join(" * ")}, the smallest is ${smallest}`);
    number++;
  } catch (error) {
    // SIGINT and SIGTERM end what waits.
    if (error instanceof ClosedError) break;
    if (!(error instanceof CallError)) throw error;
    console.log(`${error.code}: waiting for a server`);
    await client.waitForServer();
  }
}
console.log("exit");
