/** Receiving messages: what subscribers, servers and clients know about those that come. */
import { log } from "../../base/log.ts";
import type { MessageTypes } from "./message-types.ts";
import type { Receiver } from "./receiver.ts";
import type { ReceiverConnection } from "./receiver-connection.ts";

export class MessageReader {
  readonly receiver: Receiver;
  readonly types: MessageTypes;
  /** Names a message that was released. */
  readonly describeMessage: () => string;

  constructor(receiver: Receiver, types: MessageTypes) {
    this.receiver = receiver;
    this.types = types;
    this.describeMessage = () => `the ${receiver.what} of ${receiver.origin}`;
  }

  /** The number of elements of the chunk that was just taken; -1 if it was nonsense and went back. */
  checkedLength(connection: ReceiverConnection, channel: number): number {
    const { payload, layout, length: lengthField } = this.types;
    if (payload.kind === "fixed") return 1;
    const { segment } = connection;
    const { region, bucketSize } = segment.view;
    const length = lengthField.read(region.view, segment.offsetOf(connection.bucket));
    if (layout.payloadOffset + length * layout.elementStride <= bucketSize) return length;
    const { receiver } = this;
    receiver.diagnoseLoss(connection, 1, "Invalid");
    receiver.discard(connection, channel);
    log(
      "warn",
      receiver.origin,
      `a ${receiver.what} of ${length} elements was discarded: its sender's chunks hold fewer.`,
    );
    return -1;
  }
}
