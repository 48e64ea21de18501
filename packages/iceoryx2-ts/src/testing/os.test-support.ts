/** The operating system of this process, watched or made to fail by a test. */
import fs from "node:fs";
import { hostOs } from "../os/host.ts";
import type { Os } from "../os/os.ts";
import { type ErrnoName, OsError } from "../os/os-error.ts";

export type OsCall = keyof {
  [K in keyof Os as Os[K] extends (...args: never) => unknown ? K : never]: Os[K];
};

/** @param intercept is called for every call; `proceed` makes it. */
export function interceptOs(
  intercept: (call: OsCall, args: readonly unknown[], proceed: () => unknown) => unknown,
): Os {
  return new Proxy(hostOs(), {
    get(host, key): unknown {
      const value: unknown = Reflect.get(host, key, host);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) =>
        intercept(key as OsCall, args, (): unknown => Reflect.apply(value, host, args));
    },
  });
}

/** Lets one of the given calls fail. */
export class FailingOs {
  readonly os: Os;
  /** The call that failed. */
  failed: string | undefined;
  #countdown = 0;

  constructor(calls: readonly OsCall[], errno: ErrnoName) {
    this.os = interceptOs((call, args, proceed) => {
      if (!calls.includes(call)) return proceed();
      this.#countdown--;
      if (this.#countdown !== 0) return proceed();
      this.failed = `${call}(${args.map(String).join(", ")})`;
      // Linux gives the descriptor up even when it reports that close failed.
      if (call === "close") proceed();
      throw new OsError(errno, call, "what a test chose");
    });
  }

  /** Lets the next but `count - 1` of the calls fail; 0: none any more. */
  arm(count: number): void {
    this.#countdown = count;
  }
}

/** How many descriptors this process has open. */
export function openDescriptors(): number {
  return fs.readdirSync("/proc/self/fd").length;
}

/** What this process has mapped of the shared memory objects whose names begin with `prefix`. */
export function mappedObjects(prefix: string): string[] {
  const maps = fs.readFileSync("/proc/self/maps", "utf8");
  return maps.split("\n").filter((line) => line.includes(`/dev/shm/${prefix}`));
}
