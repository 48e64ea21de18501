/** The memory of a real 0.10.0 peer, dumped by the scripts in `golden/`. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { hostOs } from "../os/host.ts";

const sources = new URL("src/", import.meta.resolve("iceoryx2-ts/package.json"));

/** The prefix of the domain that was dumped. */
export const GOLDEN_PREFIX = "golden_memory_";

/** @param path of a `.hex` file below the sources, without its ending. */
export function goldenBytes(path: string): Uint8Array<ArrayBuffer> {
  const text = readFileSync(new URL(`${path}.hex`, sources), "utf8");
  return new Uint8Array(Buffer.from(text.replaceAll("\n", ""), "hex"));
}

/** The names that the objects had, with the ids that are also in them. @param file the list of one of the scripts. */
export function goldenNames(
  file: "names" | "request-response-names" | "event-names" = "names",
): Readonly<Record<string, string>> {
  const text = readFileSync(new URL(`transport/golden/${file}.json`, sources), "utf8");
  return JSON.parse(text) as Record<string, string>;
}

/** The ids in the name of an object. */
export function idsIn(name: string): bigint[] {
  return [...name.matchAll(/(?<=_)\d{20,}/g)].map(([id]) => BigInt(id));
}

/** Puts a dump into shared memory, as if the peer were still there. */
export function revive(name: string, content: Uint8Array): void {
  const fd = hostOs().shmCreateExclusive(name, 0o600);
  hostOs().writeAll(fd, content);
  hostOs().close(fd);
}

/** Bytes that need not be equal: [offset, length, why]. */
export type Exception = readonly [offset: number, length: number, reason: string];

/** Compares byte by byte; both sides are of the same length. */
export function assertSameBytes(
  actual: Uint8Array,
  golden: Uint8Array,
  exceptions: readonly Exception[],
): void {
  assert.equal(actual.length, golden.length, "the same size");
  const isExcepted = (at: number): boolean =>
    exceptions.some(([offset, length]) => at >= offset && at < offset + length);
  const differences = Array.from(golden.keys())
    .filter((at) => actual[at] !== golden[at] && !isExcepted(at))
    .map((at) => `0x${at.toString(16)}: ${actual[at]} instead of ${golden[at]}`);
  assert.deepEqual(differences, []);
}
