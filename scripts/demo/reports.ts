/** What the programs of the demo tell the one that started them: a line of JSON each. */
import process from "node:process";
import type { Phase } from "./frames.ts";
import type { MappedFile } from "./mapped-file.ts";

/** One frame as one process sees it. */
export interface FramePlace extends MappedFile {
  /** Where the frame begins in the file. */
  readonly offset: number;
}

export interface PhaseReport {
  readonly frames: number;
  /** From the first to the last frame, in seconds. */
  readonly seconds: number;
}

/** What every subscriber has to say when it saw the last frame. */
export interface Reception {
  /** The runtime and what speaks iceoryx2 in it. */
  readonly runtime: string;
  readonly place: FramePlace;
  readonly received: number;
  /** How many of these the publisher had written as a whole, so that their content could be checked. */
  readonly checked: number;
  /** How many of the checked ones had the bytes that they must have. */
  readonly intact: number;
  /** How many sequence numbers never came. */
  readonly missing: number;
}

/** What the subscriber in Node.js measures as well. */
export interface SubscriberReport extends Reception {
  /** Of the paced frames, from the stamp to the return of `receive()`, in microseconds. */
  readonly latencies: { readonly median: number; readonly p99: number };
  readonly phases: Readonly<Partial<Record<Phase, PhaseReport>>>;
}

/** What a publisher has to say when it sent the last frame. */
export interface PublisherReport {
  readonly runtime: string;
  readonly place: FramePlace;
  readonly sent: number;
}

export function report(message: "ready" | SubscriberReport | PublisherReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
