/** A program's ends of the lines to and from the harness. */
import { writeSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import type { ProgramEvent } from "./protocol.ts";

/** Written at once: what a program reported before it died has happened. */
export function report(event: ProgramEvent): void {
  writeSync(1, `${JSON.stringify(event)}\n`);
}

/** What the harness wants; looked at between two turns of the event loop. */
export class Orders {
  #isSettling = false;
  #isStopping = false;

  constructor() {
    const input = createInterface({ input: process.stdin });
    input.on("line", (order) => {
      if (order === "settle") this.#isSettling = true;
      else this.#isStopping = true;
    });
    input.on("close", () => {
      this.#isStopping = true;
    });
  }

  get isSettling(): boolean {
    return this.#isSettling;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** Lets the process end: nobody listens any more. */
  close(): void {
    process.stdin.destroy();
  }
}
