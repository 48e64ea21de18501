/** Sends more than the subscriber reads, and decides anew each time what to do about it. */
import { type BackpressureHandler, Iox2Error, Node } from "iceoryx2-ts";
import { TransmissionData } from "../_examples_common/transmission-data.ts";

const CYCLE_TIME = 500;

let incidents = 0;

/** Asked about each subscriber without room, and asked again for as long as it lets `send` retry. */
const backpressureHandler: BackpressureHandler = ({ senderPortId, receiverPortId, retries, elapsedTime }) => {
  if (retries === 0) {
    incidents++;
    console.log(`Sample delivery interruption count ${incidents}`);
    console.log(
      `    Could not deliver from publisher sender id 0x${senderPortId.toString(16).toUpperCase()}`,
      `to subscriber receiver id 0x${receiverPortId.toString(16).toUpperCase()}`,
    );
  }
  // There are several ways out, here each has its turn.
  switch (incidents % 4) {
    case 0:
      if (elapsedTime < 10) return "Retry";
      console.log("    Retried for 10ms! Discarding sample and failing");
      return "DiscardDataAndFail";
    case 1:
      if (retries === 0) console.log("    Retrying for a second");
      return elapsedTime < 1000 ? "Retry" : "DiscardDataAndFail";
    case 2:
      console.log("    Discarding sample silently");
      return "DiscardData";
    default:
      console.log("    Discarding sample and failing");
      return "DiscardDataAndFail";
  }
};

using node = Node.create();
const service = node
  .service("ServiceWithSlowSubscriber")
  .publishSubscribe(TransmissionData)
  .openOrCreate({ enableSafeOverflow: false });
const publisher = service.publisher({ backpressureHandler });

for await (const counter of node.ticks(CYCLE_TIME)) {
  console.log(`Sending sample ${counter} ...`);
  try {
    await publisher.send({ x: counter, y: counter * 3, funky: counter * 812.12 });
  } catch (error) {
    if (!(error instanceof Iox2Error)) throw error;
    console.log("Error:", error.code);
  }
}
console.log("exit");
