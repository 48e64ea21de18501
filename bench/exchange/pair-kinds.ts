/** Who talks to whom. */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { installPython, REPOSITORY, skipWithoutPython } from "#conformance/python.js";
import { buildRust, skipWithoutRust } from "#conformance/rust.js";
import type { PairKind } from "./pair.ts";
import type { CommandLine } from "./process.ts";

const typescript: CommandLine = [process.execPath, fileURLToPath(new URL("side.js", import.meta.url))];

/** Ours between themselves, which all others are compared with. */
export const OURS = "TS-TS";
export const FLOOR = "floor";
export const RUST = "Rust-Rust";

/** The pairs of the peers that there are here; the reasons why others are missing go to the console. */
export async function pairKinds(): Promise<PairKind[]> {
  const kinds: PairKind[] = [
    { name: FLOOR, a: typescript, b: typescript, isFloor: true },
    { name: OURS, a: typescript, b: typescript },
  ];
  const others: PairKind[] = [];
  if (skipWithoutPython === false) {
    const python: CommandLine = [await installPython(), "-B", join(REPOSITORY, "bench", "python", "side.py")];
    others.push({ name: "TS-Python", a: typescript, b: python });
  } else console.log(skipWithoutPython);
  if (skipWithoutRust === false) {
    const rust: CommandLine = [await buildRust("side")];
    // Those that are compared stand side by side.
    kinds.push({ name: RUST, a: rust, b: rust });
    others.push({ name: "TS-Rust", a: typescript, b: rust });
  } else console.log(skipWithoutRust);
  return [...kinds, ...others];
}
