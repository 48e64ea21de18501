import { leaseBase, leaseMemory } from "../../payload/lease.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import type { MessageReader } from "../common/message-reader.ts";
import { lengthOf, type Received, ReceivedMessage } from "../common/received-message.ts";
import { FIRST_CHANNEL } from "../common/receiver.ts";
import type { ReceiverConnection } from "../common/receiver-connection.ts";
import { readNodeId, readPublisherId, type SampleHeader } from "./sample-header.ts";

/**
 * A received sample. When the subscriber closes, samples that are still held go on showing the same bytes from private
 * memory.
 */
export interface Sample<T extends PayloadType, H extends Header = undefined> extends Received<T, H> {
  readonly header: SampleHeader;
}

export class ReceivedSample<T extends PayloadType, H extends Header>
  extends ReceivedMessage<T, H>
  implements Sample<T, H>
{
  constructor(reader: MessageReader, connection: ReceiverConnection) {
    super(reader, connection, FIRST_CHANNEL);
  }

  get header(): SampleHeader {
    const memory = leaseMemory(this);
    const at = leaseBase(this);
    return {
      nodeId: readNodeId(memory, at),
      publisherId: readPublisherId(memory, at),
      numberOfElements: lengthOf(this),
    };
  }
}
