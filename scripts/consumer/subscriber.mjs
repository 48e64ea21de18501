// Run by checks/package.check.ts in an empty project: prints five samples as JSON.
import { f64, i32, Node, struct } from "iceoryx2-ts";

const TransmissionData = struct("TransmissionData", { x: i32, y: i32, funky: f64 });
const node = Node.create({ name: "subscriber" });
const subscriber = node
  .service("My/Funk/ServiceName")
  .publishSubscribe(TransmissionData)
  .openOrCreate()
  .subscriber();

const samples = [];
while (samples.length < 5 && (await node.wait(1))) {
  const sample = subscriber.receive();
  if (sample === undefined) continue;
  samples.push(sample.copy());
  sample.release();
}
console.log(JSON.stringify(samples));
node.close();
