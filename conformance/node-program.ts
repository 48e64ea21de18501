/**
 * A program with a node and all that one can own, for tests to watch and to end: it never closes anything itself.
 * Its arguments are the prefix and the root path of the domain, and how it goes on when it is ready.
 */
import process from "node:process";
import { Config, Node, u64 } from "iceoryx2-ts";

const [prefix, rootPath, ending] = process.argv.slice(2);
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
const node = Node.create({ name: "program", config, signals: ending === "idle" ? "cleanup" : "wait" });
const service = node.service("a service").publishSubscribe(u64).openOrCreate();
const publisher = service.publisher();
const subscriber = service.subscriber();
publisher.sendCopy(1n);
publisher.sendCopy(2n);
subscriber.receive();

function ready(): void {
  console.log(`ready: node ${node.id}`);
}

const goOn: Readonly<Record<string, () => void | Promise<void>>> = {
  return: ready,
  loan() {
    publisher.loan();
    ready();
  },
  exit() {
    ready();
    process.exit(3);
  },
  throw() {
    ready();
    throw new Error("nobody catches this");
  },
  async reject() {
    ready();
    throw new Error("nobody catches this");
  },
  async wait() {
    while (await node.wait(10)) ready();
    console.log("the loop ended");
  },
  async ticks() {
    for await (const _ of node.ticks(10)) ready();
    console.log("the loop ended");
  },
  idle() {
    setInterval(ready, 10);
  },
};

void goOn[ending ?? ""]!();
