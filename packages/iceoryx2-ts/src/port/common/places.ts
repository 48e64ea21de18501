/**
 * Where loans and samples were taken that nobody has given back yet. Opt-in: a stack trace costs more than sending.
 */

/** Everything that belongs to the library lies in or below the directory of this URL. */
const LIBRARY = new URL("../..", import.meta.url).href;
const FRAMES_CAPTURED = 50;
const FRAMES_SHOWN = 4;

export class Places<Holder> {
  readonly #places: Map<Holder, string> = new Map();

  /** The holder was taken by whoever is calling the library now. */
  note(holder: Holder): void {
    this.#places.set(holder, callersOfLibrary());
  }

  forget(holder: Holder): void {
    this.#places.delete(holder);
  }

  /** All places, the oldest first, each once; lines for the end of a message. */
  describe(): string {
    const counts = new Map<string, number>();
    for (const place of this.#places.values()) counts.set(place, (counts.get(place) ?? 0) + 1);
    const lines = [...counts].map(([place, count]) => `\n  ${count} taken\n${place}`);
    return ` Held are:${lines.join("")}`;
  }
}

/** For the end of a message about held loans or samples. */
export function describePlaces(places: { describe(): string } | undefined): string {
  return places?.describe() ?? " IOX2_TRACK_SAMPLES=1 shows where they were taken.";
}

function callersOfLibrary(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_CAPTURED;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = limit;
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const callers = frames.filter((line) => !line.includes(LIBRARY));
  // In a bundle everything has one URL, and an asynchronous task may have no caller.
  const shown = (callers.length > 0 ? callers : frames).slice(0, FRAMES_SHOWN);
  return shown.map((line) => `    ${line.trim()}`).join("\n");
}
