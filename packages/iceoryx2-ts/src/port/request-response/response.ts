import { leaseBase, leaseMemory } from "../../payload/lease.ts";
import type { PayloadType } from "../../payload/meaning.ts";
import type { Header } from "../common/loan.ts";
import type { MessageReader } from "../common/message-reader.ts";
import { lengthOf, type Received, ReceivedMessage } from "../common/received-message.ts";
import type { ReceiverConnection } from "../common/receiver-connection.ts";
import { type ResponseHeader, readServerId, readServerNodeId } from "./response-header.ts";

/** A received response. It may outlive its pending response, and keeps the client registered. */
export interface Response<S extends PayloadType, SH extends Header = undefined> extends Received<S, SH> {
  readonly header: ResponseHeader;
}

export class ReceivedResponse<S extends PayloadType, SH extends Header>
  extends ReceivedMessage<S, SH>
  implements Response<S, SH>
{
  readonly #afterRelease: () => void;

  constructor(
    reader: MessageReader,
    connection: ReceiverConnection,
    channel: number,
    afterRelease: () => void,
  ) {
    super(reader, connection, channel);
    this.#afterRelease = afterRelease;
  }

  get header(): ResponseHeader {
    const memory = leaseMemory(this);
    const at = leaseBase(this);
    return {
      nodeId: readServerNodeId(memory, at),
      serverId: readServerId(memory, at),
      numberOfElements: lengthOf(this),
    };
  }

  override release(): void {
    if (this.released) return;
    super.release();
    this.#afterRelease();
  }
}
