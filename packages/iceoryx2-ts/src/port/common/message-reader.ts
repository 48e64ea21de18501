/** Receiving messages: what subscribers, servers and clients know about those that come. */
import { log } from "../../base/log.ts";
import type { MessageTypes } from "./message-types.ts";
import type { ReceivedChunk } from "./received-chunk.ts";
import type { Receiver } from "./receiver.ts";

/** What the header of a message says. @param at where its chunk begins. */
export type ReadHeader<D> = (memory: DataView<ArrayBuffer>, at: number, numberOfElements: number) => D;

export class MessageReader<D> {
  readonly receiver: Receiver;
  readonly types: MessageTypes;
  readonly readHeader: ReadHeader<D>;
  /** To be called when a message was released. */
  readonly afterRelease: (() => void) | undefined;

  constructor(
    receiver: Receiver,
    types: MessageTypes,
    readHeader: ReadHeader<D>,
    afterRelease?: (() => void) | undefined,
  ) {
    this.receiver = receiver;
    this.types = types;
    this.readHeader = readHeader;
    this.afterRelease = afterRelease;
  }

  /** The number of elements of the chunk that was just taken; -1 if it was nonsense and went back. */
  checkedLength(chunk: ReceivedChunk): number {
    return this.types.payload.kind === "fixed" ? 1 : this.#checkedSliceLength(chunk);
  }

  /** Gives everything back that is held, before the port leaves: its holders go on with private copies of the bytes. */
  detachAll(): void {
    const { payloadOffset, elementStride } = this.types.layout;
    for (const chunk of this.receiver.borrowed) {
      const { memory, base, length } = chunk;
      const end = base + payloadOffset + length * elementStride;
      chunk.move(new DataView(memory.buffer.slice(base, end)), 0);
      this.receiver.giveBack(chunk);
    }
  }

  #checkedSliceLength(chunk: ReceivedChunk): number {
    const { layout, length: lengthField } = this.types;
    const length = lengthField.read(chunk.memory, chunk.base);
    if (layout.payloadOffset + length * layout.elementStride <= chunk.segment.view.bucketSize) return length;
    const { receiver } = this;
    receiver.diagnoseLoss(chunk.connection, 1, "Invalid");
    receiver.discard(chunk);
    log(
      "warn",
      receiver.origin,
      `a ${receiver.what} of ${length} elements was discarded: its sender's chunks hold fewer.`,
    );
    return -1;
  }
}
