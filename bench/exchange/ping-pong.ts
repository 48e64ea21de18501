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
  const { send, receive } = createEnd(openPingPongPorts(node, command, role), command.size);
  const [first, second] = role === "a" ? [send, receive] : [receive, send];
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

/** Both ends in one thread, for a while. */
export function rehearsePingPong(node: Node, command: OpenCommand, messages: number): void {
  const a = openPingPongPorts(node, command, "a");
  const b = openPingPongPorts(node, command, "b");
  const [left, right] = [createEnd(a, command.size), createEnd(b, command.size)];
  for (let i = 0; i < messages; i++) {
    const touched = i % 2 === 0;
    left.send(touched);
    right.receive(touched);
    if (b.subscriber.receive() !== undefined) throw new Error("a message came twice");
    right.send(touched);
    left.receive(touched);
  }
}

interface End {
  send(touched: boolean): void;
  /** Polls until a message comes. */
  receive(touched: boolean): void;
}

function createEnd({ publisher, subscriber }: PingPongPorts, size: number): End {
  const outgoing = new Touch(size);
  const incoming = new Touch(size);
  let next: Loan<Bytes> = publisher.loanUninit(size);
  return {
    send(touched) {
      if (touched) outgoing.write(next.payload);
      next.send();
      next = publisher.loanUninit(size);
    },
    receive(touched) {
      for (;;) {
        const sample = subscriber.receive();
        if (sample === undefined) continue;
        if (touched) incoming.read(sample.payload);
        sample.release();
        return;
      }
    },
  };
}
