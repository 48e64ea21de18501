/** Requires what the service does not have: it is not opened then. */
import { Node, type OpenOptions, PublishSubscribeOpenError, u64 } from "iceoryx2-ts";

using node = Node.create();

function tryToOpen(what: string, requirements: OpenOptions): void {
  try {
    node.service("Service/With/Properties").publishSubscribe(u64).open(requirements);
  } catch (error) {
    if (!(error instanceof PublishSubscribeOpenError)) throw error;
    console.log(`${what} -> ${error.code}`);
  }
}

// The service has this attribute, but with the value 1920x1080.
tryToOpen("camera_resolution: 3840x2160", { requireAttributes: { camera_resolution: "3840x2160" } });
// It has no attribute of this key.
tryToOpen("camera_type", { requireAttributeKeys: ["camera_type"] });
