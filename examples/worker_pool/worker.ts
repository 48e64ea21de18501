/** A worker process: takes jobs from its pair, or as messages of its parent, and answers each. */
import { Pair1 } from "iceoryx2-ts/sockets";
import { work } from "./work.ts";

const [, , key = ""] = process.argv;
let result = new Uint8Array();

function resultOf(job: Readonly<Uint8Array>): Uint8Array {
  if (result.length !== job.length) result = new Uint8Array(job.length);
  work(job, result);
  return result;
}

process.on("message", (job) => {
  if (job instanceof Uint8Array) process.send?.(resultOf(job));
});
const pair = await Pair1.connect(key);
for await (const job of pair.borrowed()) await pair.send(resultOf(job.payload));
pair.close();
process.disconnect?.();
