/** The host's operating system with some of its methods replaced. */
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

/** How many descriptors this process has open: two counts that differ show a leak. */
export function numberOfDescriptors(): number {
  return hostOs().readdir("/proc/self/fd").length;
}
