/** The subscriber of publish_subscribe in a domain of its own: `subscriber -d <domain> -s <service>`. */
import { parseArgs } from "node:util";
import { Config, Node } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const { domain, service: serviceName } = parseArgs({
  options: {
    domain: { type: "string", short: "d", default: "iox2_" },
    service: { type: "string", short: "s", default: "my_funky_service" },
  },
}).values;

// The prefix of everything that the node creates and looks for: domains share nothing.
const config = Config.with(Config.global(), { global: { prefix: domain } });
using node = Node.create({ config });
const service = node.service(serviceName).publishSubscribe(TransmissionData).openOrCreate();
const subscriber = service.subscriber();

console.log(`subscribed to: [domain: "${domain}", service: "${serviceName}"]`);
for await (const sample of subscriber) console.log("received:", sample.payload);
console.log("exit");
