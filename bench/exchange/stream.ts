/**
 * As many messages as possible in one direction, none lost: a service without overflow, whose sender waits for room.
 * The receiver measures.
 */
import { bytes, type Node, type Sample } from "iceoryx2-ts";
import { measure } from "../statistics.ts";
import type { OpenCommand, Role } from "./protocol.ts";
import type { Exchange } from "./side.ts";
import { Touch } from "./touch.ts";

/** Nobody is alive any more that could make room, in milliseconds. */
const PATIENCE = 60_000;

export function openStream(node: Node, { name, size, buffer }: OpenCommand, role: Role): Exchange {
  const service = node.service(`${name}-a2b`).publishSubscribe(bytes).openOrCreate({
    maxPublishers: 1,
    maxSubscribers: 1,
    subscriberMaxBufferSize: buffer,
    historySize: 0,
    enableSafeOverflow: false,
  });
  const touch = new Touch(size);
  if (role === "a") {
    const publisher = service.publisher({ initialMaxSliceLen: size });
    return {
      run(batches, count, touched) {
        return measure(batches, count, (calls) => {
          for (let i = 0; i < calls; i++) {
            const loan = publisher.loanUninit(size);
            if (touched) touch.write(loan.payload);
            publisher.sendSync(loan, PATIENCE);
          }
        });
      },
    };
  }
  const subscriber = service.subscriber();
  // Connects: what is sent to nobody is lost.
  subscriber.hasSamples();
  return {
    run(batches, count, touched) {
      const take = touched
        ? ({ payload }: Sample<typeof bytes>): void => touch.read(payload)
        : ({ payload }: Sample<typeof bytes>): void => {
            if (payload.length !== size) throw new Error(`${payload.length} bytes came instead of ${size}`);
          };
      let received = 0;
      let wanted = 0;
      return measure(batches, count, (calls) => {
        wanted += calls;
        while (received < wanted) received += subscriber.drain(take);
      });
    },
  };
}
