/**
 * As many messages as possible in one direction, none lost: a service without overflow, whose sender waits for room.
 * The receiver measures.
 */
import { bytes, type Node, type PublishSubscribeService, type Sample } from "iceoryx2-ts";
import { measure } from "../statistics.ts";
import type { OpenCommand, Role } from "./protocol.ts";
import type { Exchange } from "./side.ts";
import { Touch } from "./touch.ts";

/** Nobody is alive any more that could make room, in milliseconds. */
const PATIENCE = 60_000;

export function openStream(node: Node, command: OpenCommand, role: Role): Exchange {
  if (role === "a") {
    const send = createSource(node, command);
    return {
      run: (batches, count, touched) =>
        measure(batches, count, (calls) => {
          for (let i = 0; i < calls; i++) send(touched);
        }),
    };
  }
  const receive = createSink(node, command);
  let received = 0;
  let wanted = 0;
  return {
    run: (batches, count, touched) =>
      measure(batches, count, (calls) => {
        wanted += calls;
        while (received < wanted) received += receive(touched);
      }),
  };
}

/** Both ends in one thread, for a while. */
export function rehearseStream(node: Node, command: OpenCommand, messages: number): void {
  const send = createSource(node, command);
  const receive = createSink(node, command);
  for (let sent = 0; sent < messages; sent += command.buffer) {
    const touched = sent % 2 === 0;
    for (let i = 0; i < command.buffer; i++) send(touched);
    if (receive(touched) !== command.buffer || receive(touched) !== 0)
      throw new Error("a message is missing");
  }
}

function openService(node: Node, { name, buffer }: OpenCommand): PublishSubscribeService<typeof bytes> {
  return node.service(`${name}-a2b`).publishSubscribe(bytes).openOrCreate({
    maxPublishers: 1,
    maxSubscribers: 1,
    subscriberMaxBufferSize: buffer,
    historySize: 0,
    enableSafeOverflow: false,
  });
}

function createSource(node: Node, command: OpenCommand): (touched: boolean) => void {
  const { size } = command;
  const publisher = openService(node, command).publisher({ initialMaxSliceLen: size });
  const touch = new Touch(size);
  return (touched) => {
    const loan = publisher.loanUninit(size);
    if (touched) touch.write(loan.payload);
    publisher.sendSync(loan, PATIENCE);
  };
}

/** @returns what receives all that is there and counts it. */
function createSink(node: Node, command: OpenCommand): (touched: boolean) => number {
  const subscriber = openService(node, command).subscriber();
  // Connects: what is sent to nobody is lost.
  subscriber.hasSamples();
  const touch = new Touch(command.size);
  const look = ({ payload }: Sample<typeof bytes>): void => touch.read(payload);
  const ignore = (): void => {};
  return (touched) => subscriber.drain(touched ? look : ignore);
}
