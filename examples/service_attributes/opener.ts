/** Opens a service that must have certain attributes; without requirements it accepts any. */
import { Node, u64 } from "iceoryx2-ts";

using node = Node.create();
const service = node
  .service("Service/With/Properties")
  .publishSubscribe(u64)
  .open({
    requireAttributes: { camera_resolution: "1920x1080" },
    requireAttributeKeys: ["dds_service_mapping"],
  });
const subscriber = service.subscriber();

console.log("defined service attributes:", service.attributes);
for await (const sample of subscriber) console.log(`received: ${sample.payload}`);
console.log("exit");
