/**
 * One message at a time, there and back, polled: a2b and b2a, one publisher and one subscriber each, buffer 1, safe
 * overflow, slices of bytes; the next sample is loaned while the answer is on its way. So does upstream as well.
 */
import { bytes, type Loan, type Node, type Publisher, type Subscriber } from "iceoryx2-ts";
import { measure } from "../statistics.ts";
import type { OpenCommand, Role } from "./protocol.ts";
import type { Exchange } from "./side.ts";
import { Touch } from "./touch.ts";

type Bytes = typeof bytes;

export interface PingPongPorts {
  readonly publisher: Publisher<Bytes>;
  readonly subscriber: Subscriber<Bytes>;
}

export function openPingPongPorts(
  node: Node,
  { name, size, buffer }: OpenCommand,
  role: Role,
): PingPongPorts {
  const service = (direction: string) =>
    node
      .service(`${name}-${direction}`)
      .publishSubscribe(bytes)
      .openOrCreate({ maxPublishers: 1, maxSubscribers: 1, subscriberMaxBufferSize: buffer, historySize: 0 });
  const [mine, theirs] = role === "a" ? ["a2b", "b2a"] : ["b2a", "a2b"];
  return {
    publisher: service(mine!).publisher({ initialMaxSliceLen: size }),
    subscriber: service(theirs!).subscriber(),
  };
}

export function openPingPong(node: Node, command: OpenCommand, role: Role): Exchange {
  const { publisher, subscriber } = openPingPongPorts(node, command, role);
  const { size } = command;
  const outgoing = new Touch(size);
  const incoming = new Touch(size);
  let next: Loan<Bytes> = publisher.loanUninit(size);
  const sendMessage = (touched: boolean): void => {
    if (touched) outgoing.write(next.payload);
    next.send();
    next = publisher.loanUninit(size);
  };
  const awaitMessage = (touched: boolean): void => {
    for (;;) {
      const sample = subscriber.receive();
      if (sample === undefined) continue;
      const { payload } = sample;
      if (touched) incoming.read(payload);
      sample.release();
      if (payload.length !== size) throw new Error(`${payload.length} bytes came instead of ${size}`);
      return;
    }
  };
  const [first, second] = role === "a" ? [sendMessage, awaitMessage] : [awaitMessage, sendMessage];
  return {
    run(batches, count, touched) {
      return measure(batches, count, (calls) => {
        for (let i = 0; i < calls; i++) {
          first(touched);
          second(touched);
        }
      });
    },
  };
}
