/** The other process of the ping-pong: does what the first one asks for over the IPC channel. */
import type { Config } from "iceoryx2-ts";
import { type PingPong, pingPong } from "./ping-pong.ts";

export type EchoCommand =
  | { readonly kind: "start"; readonly config: Config }
  | { readonly kind: "roundTrips"; readonly count: number; readonly size: number }
  | { readonly kind: "floor"; readonly count: number }
  | { readonly kind: "stop" };

let partner: PingPong | undefined;

process.on("message", (command: EchoCommand) => {
  switch (command.kind) {
    case "start":
      partner = pingPong(command.config, "b");
      return;
    case "roundTrips":
      partner?.roundTrips(command.count, command.size);
      return;
    case "floor":
      partner?.floor(command.count);
      return;
    case "stop":
      partner?.close();
      process.disconnect?.();
      return;
  }
});
