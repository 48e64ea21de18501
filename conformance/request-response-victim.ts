/**
 * A process of ours with one port of request-response that gets into a certain state, says so, and waits to be killed.
 * Its arguments are the prefix and the root path of the domain, and the state.
 */
import process from "node:process";
import { type ActiveRequest, Config, Node, type U64, u64 } from "iceoryx2-ts";

const [prefix, rootPath, state = ""] = process.argv.slice(2);
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
const node = Node.create({ config, signals: "ignore" });
const service = node.service("a service").requestResponse(u64, u64).open();

/** What a killed process would have held must not be collected before. */
const held: unknown[] = [];

async function nextRequest(): Promise<ActiveRequest<U64, U64>> {
  for await (const request of server().requests()) return request.keep();
  throw new Error("no request came");
}

function server(): ReturnType<typeof service.server> {
  const created = service.server();
  held.push(created);
  console.log("ready");
  return created;
}

function client(): ReturnType<typeof service.client> {
  const created = service.client();
  held.push(created);
  return created;
}

const reach: Readonly<Record<string, () => void | Promise<void>>> = {
  "a server before it took the request": () => void server(),
  async "a server with the request"() {
    held.push(await nextRequest());
  },
  async "a server in the middle of its stream"() {
    const request = await nextRequest();
    for (const value of [10n, 11n]) request.sendCopy(value);
    held.push(request);
  },
  "a client with a loan": () => void held.push(client().loan()),
  "a client with a pending request": () => void held.push(client().sendCopy(1n)),
};

await reach[state]!();
console.log("reached");
setInterval(() => held, 1000);
