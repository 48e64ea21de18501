/** Prints the names of the services in a domain: `discovery -d <domain>`. */
import { parseArgs } from "node:util";
import { Config, Service } from "iceoryx2-ts";

const { domain } = parseArgs({
  options: { domain: { type: "string", short: "d", default: "iox2_" } },
}).values;

const config = Config.with(Config.global(), { global: { prefix: domain } });

console.log(`\nServices running in domain "${domain}":`);
for (const { staticDetails } of Service.list(config)) console.log(`  ${staticDetails.serviceName}`);
