/**
 * A program to be killed: it has nodes, and in each of them services of one pattern with ports of each kind. Its
 * arguments are its configuration, the number of nodes, the pattern, and the names of the services.
 */
import process from "node:process";
import { Config, type MessagingPatternKind, Node } from "iceoryx2-ts";
import { makePorts, patternOf } from "./patterns.ts";

const [overrides, numberOfNodes, kind, ...names] = process.argv.slice(2);
const config = Config.with(Config.default(), JSON.parse(overrides!));
const nodes = Array.from({ length: Number(numberOfNodes) }, () => Node.create({ config }));
const pattern = patternOf(kind as MessagingPatternKind);
for (const name of names) {
  for (const [index, node] of nodes.entries()) {
    makePorts(index === 0 ? pattern.create(node, name) : pattern.open(node, name));
  }
}
console.log("ready");
// It does not end by itself.
setInterval(() => {}, 60_000);
