/** The system calls that the library makes in this process, one by one. */

/** They neither change nor show anything that another process has to do with. */
const PRIVATE: ReadonlySet<string> = new Set(["monotonicTime", "sleep", "yieldProcessor"]);

/**
 * @param before is called before every system call that others could notice, with the call in words; calls that are
 *   parts of another one count as well.
 */
export async function watchSystemCalls(before: (call: string) => void): Promise<void> {
  const host = new URL("os/host.js", import.meta.resolve("iceoryx2-ts"));
  const { hostOs } = (await import(host.href)) as { hostOs(): Record<string, unknown> };
  const os = hostOs();
  for (const [name, { value }] of Object.entries(
    Object.getOwnPropertyDescriptors(Object.getPrototypeOf(os) as Record<string, unknown>),
  )) {
    if (typeof value !== "function" || name === "constructor" || PRIVATE.has(name)) continue;
    os[name] = (...args: unknown[]): unknown => {
      before(`${name}(${args.map(shorten).join(", ")})`);
      return Reflect.apply(value, os, args);
    };
  }
}

function shorten(argument: unknown): string {
  return typeof argument === "string"
    ? argument.slice(argument.lastIndexOf("/") + 1)
    : typeof argument === "object"
      ? "..."
      : String(argument);
}
