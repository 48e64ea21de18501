/** Answers calls with as many bytes as came. The argument is what it needs to know, as JSON. */
import process from "node:process";
import { bytes, Config, Node } from "iceoryx2-ts";

export interface CallArguments {
  readonly prefix: string;
  readonly rootPath: string;
  /** Of a request and of its response, in bytes. */
  readonly size: number;
  /** Whether the sides tell each other by events. */
  readonly notify: boolean;
}

const { prefix, rootPath, size, notify } = JSON.parse(process.argv[2]!) as CallArguments;
const config = Config.with(Config.default(), { global: { prefix, rootPath } });
const node = Node.create({ config, signals: "ignore" });
const server = node
  .service("calls")
  .requestResponse(bytes, bytes)
  .openOrCreate({ maxServers: 1, maxClients: 1 })
  .server({ initialMaxSliceLen: size, notify });
const answer = new Uint8Array(size);
process.stdin.once("end", () => node.close()).resume();
await server.serve(() => answer);
