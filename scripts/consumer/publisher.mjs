// Run by checks/package.check.ts in an empty project: publishes until it is told to end.
import { f64, i32, Node, struct } from "iceoryx2-ts";

const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });
const node = Node.create({ name: "publisher" });
const publisher = node
  .service("My/Funk/ServiceName")
  .publishSubscribe(TransmissionData)
  .openOrCreate()
  .publisher();

for (let x = 0; await node.wait(10); x += 1) {
  publisher.sendCopy({ x, y: 2 * x, funky: x / 2 });
}
node.close();
console.log("closed");
