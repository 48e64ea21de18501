/** The host's operating system with some of its methods replaced. */
import { readdirSync, readlinkSync } from "node:fs";
import { hostOs } from "../os/host.ts";
import type { Os } from "../os/os.ts";
import { type ErrnoName, OsError } from "../os/os-error.ts";

/** What the host's own methods call of each other is not replaced. */
export function osWith(replacements: Partial<Os>): Os {
  return new Proxy(hostOs(), {
    get(host, key) {
      const value = Reflect.get(key in replacements ? replacements : host, key) as unknown;
      return typeof value === "function" ? value.bind(host) : value;
    },
  });
}

/** @returns the host, on which one method always fails. */
export function osThatFails(method: keyof Os, code: ErrnoName): Os {
  return osWith({
    [method]: () => {
      throw new OsError(code, method, "a test");
    },
  });
}

/** The paths with this part that this process has open, whether they are still there or not. */
export function openPaths(part: string): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => readLink(`/proc/self/fd/${fd}`) ?? "")
    .filter((target) => target.includes(part));
}

/** @returns undefined for the descriptor with which the others were listed. */
function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
