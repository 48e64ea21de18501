import type { Outbox } from "./outbox.ts";

export function writableTo(outbox: Outbox): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    write: (message) => outbox.send(message, {}),
    close: () => outbox.flush({}),
  });
}
