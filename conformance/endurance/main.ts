/** `npm run endure -- --requests 10000000`: what grows while as many requests are answered. */
import process from "node:process";
import { parseArgs } from "node:util";
import { endure } from "./run.ts";

const { values } = parseArgs({ options: { requests: { type: "string", default: "10000000" } } });
const report = await endure(Number(values.requests));
console.log(`${values.requests} requests, ${Math.round(report.rate)} per second; what grew:`);
for (const side of ["client", "server"] as const) {
  const { mappings, descriptors, heap } = report[side];
  console.log(`  ${side}: ${mappings} mappings, ${descriptors} descriptors, ${heap} bytes of heap`);
}
console.log(`  the domain: ${report.files} files`);
const isFlat = [report.client, report.server].every(
  ({ mappings, descriptors, heap }) => mappings === 0 && descriptors === 0 && heap < 2 ** 20,
);
process.exitCode = isFlat && report.files === 0 ? 0 : 1;
