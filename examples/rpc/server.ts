/** Offers a procedure: the prime factors of a number, each as soon as it is found. */
import { Node, u64 } from "iceoryx2-ts";
import { NAME, QOS } from "./service.ts";

using node = Node.create();
const server = node.service(NAME).requestResponse(u64, u64).openOrCreate(QOS).server();
console.log("Server ready to receive requests!");

await server.serve(
  async function* ({ payload }, signal) {
    console.log(`factorize ${payload}`);
    let rest = payload;
    for (let factor = 2n; factor * factor <= rest && !signal.aborted; factor++) {
      for (; rest % factor === 0n; rest /= factor) yield factor;
    }
    if (rest > 1n) yield rest;
  },
  { concurrency: 2 },
);
console.log("exit");
