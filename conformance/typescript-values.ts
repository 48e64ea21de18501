/** Our values as peers report theirs. */
import type { Held } from "./participant.ts";

export function wrapHeld(held: { release(): void }): Held {
  return { release: async () => held.release() };
}

/** What a user header shows now. */
export function plainHeader(header: unknown): unknown {
  return plain((header as { toJSON?(): unknown } | undefined)?.toJSON?.() ?? header);
}

/** A value of ours as the peer reports its own. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    return Array.from(value as unknown as ArrayLike<unknown>, plain);
  }
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}
