/** The publisher of publish_subscribe in a domain of its own: `publisher -d <domain> -s <service>`. */
import { parseArgs } from "node:util";
import { Config, Node } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const CYCLE_TIME = 1000;

const { domain, service: serviceName } = parseArgs({
  options: {
    domain: { type: "string", short: "d", default: "iox2_" },
    service: { type: "string", short: "s", default: "my_funky_service" },
  },
}).values;

// The prefix of everything that the node creates: domains share nothing.
const config = Config.with(Config.global(), { global: { prefix: domain } });
using node = Node.create({ config });
const service = node.service(serviceName).publishSubscribe(TransmissionData).openOrCreate();
const publisher = service.publisher();

for await (const counter of node.ticks(CYCLE_TIME)) {
  publisher.sendCopy({ x: counter, y: counter * 3, funky: counter * 812.12 });
  console.log(`[domain: "${domain}", service: "${serviceName}"] Send sample ${counter} ...`);
}
console.log("exit");
