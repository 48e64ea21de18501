/** One end of a pair: sends and checks so many messages, if it lives so long. */
import process from "node:process";
import { Config, Node } from "iceoryx2-ts";
import { Pair } from "iceoryx2-ts/sockets";
import { receiveStream, sendStream, streamOf } from "./messages.ts";
import { KEY } from "./run.ts";

const [prefix, rootPath, session, count] = process.argv.slice(2) as [string, string, string, string];
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
using node = Node.create({ config, signals: "ignore" });
const pair = await Pair.connect(KEY, { node });
await Promise.all([
  sendStream(pair, streamOf(Number(session), "victim"), Number(count)),
  receiveStream(pair, streamOf(Number(session), "survivor"), Number(count)),
]);
await pair.flush();
console.log(JSON.stringify(pair.stats()));
pair.close();
