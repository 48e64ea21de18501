/** The other process: answers round trips, and says when it has received everything else. */
import { availableTransports, stepsOf } from "./plan.ts";
import { loadZeroMq, open, type Transport, type TransportName } from "./transports.ts";

const [, , prefix = "", rootPath = "", repetitions = "1"] = process.argv;
const names = availableTransports((await loadZeroMq()) !== undefined);
const transports = new Map<TransportName, Transport>();
for (const name of names) {
  transports.set(name, await open(name, "child", { prefix, rootPath }, process));
  process.send!({ opened: name });
}
for (const { transport: name, roundTrips, messages } of stepsOf(Number(repetitions), names)) {
  const transport = transports.get(name)!;
  for (let i = 0; i < roundTrips; i++) {
    await transport.send(await transport.recv());
    transport.release?.();
  }
  for (let i = 0; i < messages; i++) {
    await transport.recv();
    transport.release?.();
  }
  process.send!({ received: messages });
}
process.once("message", () => {
  for (const transport of transports.values()) transport.close();
  process.disconnect?.();
});
