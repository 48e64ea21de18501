/** What is said to a peer, in its words: names in snake case, types by description, objects by handle. */
import type { PayloadType } from "iceoryx2-ts";
import type { Held } from "./participant.ts";
import type { Peer, PeerObject } from "./peer.ts";

export function wrapHeld(peer: Peer, { handle }: PeerObject): Held {
  return { release: () => drop(peer, handle) };
}

/** Destroys an object of the peer. */
export async function drop(peer: Peer, handle: number): Promise<void> {
  await peer.request("drop", { handle });
}

/** Our type in the words of python/payload_types.py and rust/src/publish_subscribe/types.rs. */
export function describeType(type: PayloadType): unknown {
  if (type.kind === "slice") return { slice: describeType(type.element) };
  if ("fields" in type) {
    const fields = Object.entries(type.fields as Readonly<Record<string, PayloadType>>);
    return {
      struct: type.typeName,
      fields: Object.fromEntries(fields.map(([name, field]) => [name, describeType(field)])),
    };
  }
  if ("element" in type && "length" in type) {
    return { array: describeType(type.element as PayloadType), length: type.length };
  }
  return type.typeName;
}

/** Upstream's names are ours in snake case. Values that are not set are left out. */
export function snakeCaseKeys(options: object): Record<string, unknown> {
  return renameKeys(options, snakeCase);
}

export function renameKeys(options: object, rename: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [rename(name), value]),
  );
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
