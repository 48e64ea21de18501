/** A worker process: takes jobs from its pair, or as messages of its parent, and answers each. */
import { Pair1 } from "iceoryx2-ts/sockets";
import { work } from "./work.ts";

const [, , key = ""] = process.argv;

process.on("message", (job) => {
  if (job instanceof Uint8Array) process.send?.(work(job));
});
const pair = await Pair1.connect(key);
for await (const job of pair) await pair.send(work(job));
pair.close();
process.disconnect?.();
