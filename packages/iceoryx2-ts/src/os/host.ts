/** Chooses the backend for the platform that this process runs on. */
import process from "node:process";
import { UnsupportedPlatformError } from "../base/general-errors.ts";
import { libc } from "./linux-libc.ts";
import { LinuxOs } from "./linux-os.ts";
import type { Os } from "./os.ts";

let host: Os | undefined;

/**
 * The operating system of this process.
 *
 * @throws UnsupportedPlatformError on anything but Node.js on 64-bit little-endian Linux.
 */
export function hostOs(): Os {
  if (host === undefined) {
    refuseOtherPlatforms();
    libc();
    host = new LinuxOs();
  }
  return host;
}

function refuseOtherPlatforms(): void {
  const runtime = "Bun" in globalThis ? "Bun" : "Deno" in globalThis ? "Deno" : "Node.js";
  const here = `${runtime} on ${process.platform}-${process.arch}`;
  if (runtime === "Node.js" && process.platform === "linux" && ["x64", "arm64"].includes(process.arch))
    return;
  throw new UnsupportedPlatformError(
    "iceoryx2-ts",
    `iceoryx2-ts does not run with ${here} yet. Run it with Node.js on Linux (x64 or arm64).`,
  );
}
