/** Creates a service with attributes: what everybody who opens it can read and insist on. */
import { Node, u64 } from "iceoryx2-ts";

const CYCLE_TIME = 1000;

using node = Node.create();
const service = node
  .service("Service/With/Properties")
  .publishSubscribe(u64)
  .create({
    attributes: {
      dds_service_mapping: "my_funky_service_name",
      tcp_serialization_format: "cdr",
      someip_service_mapping: "1/2/3",
      camera_resolution: "1920x1080",
    },
  });
const publisher = service.publisher();

console.log("defined service attributes:", service.attributes);
while (await node.wait(CYCLE_TIME)) publisher.sendCopy(0n);
console.log("exit");
