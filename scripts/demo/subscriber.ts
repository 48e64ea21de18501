/** Receives frames as fast as they come until the last one, looks at their bytes and reports. */
import process from "node:process";
import type { bytes, Sample } from "iceoryx2-ts";
import { contentOf, createNode, type FrameHeader, openFrames, PHASES, type Phase } from "./frames.ts";
import { mappedDataSegments } from "./mapped-file.ts";
import { type FramePlace, report } from "./reports.ts";

/** So many bytes apart are those that are looked at: a page of memory. */
const STRIDE = 4096;
/** A publisher that is silent for so long is gone, in nanoseconds. */
const PATIENCE = 60_000_000_000n;

interface Span {
  frames: number;
  readonly first: bigint;
  last: bigint;
}

const spans = new Map<Phase, Span>();
const latencies: number[] = [];
let place: FramePlace | undefined;
let received = 0;
let checked = 0;
let intact = 0;
let expected = 0;
let missing = 0;

function look(sample: Sample<typeof bytes, typeof FrameHeader>, now: bigint): Phase {
  const { payload, userHeader } = sample;
  const sequence = Number(userHeader.sequence);
  const phase = PHASES[userHeader.phase]!;
  place ??= { ...mappedDataSegments()[0]!, offset: payload.byteOffset };
  received++;
  missing += sequence - expected;
  expected = sequence + 1;
  if (phase === "paced") latencies.push(Number(now - userHeader.stamp) / 1000);
  const span = spans.get(phase) ?? { frames: 0, first: now, last: now };
  span.frames++;
  span.last = now;
  spans.set(phase, span);
  // Otherwise nobody wrote the bytes again: they show an older frame.
  if (phase !== "handedOver") {
    checked++;
    if (hasContent(payload, contentOf(sequence))) intact++;
  }
  return phase;
}

function hasContent(payload: Uint8Array, content: number): boolean {
  for (let at = 0; at < payload.length; at += STRIDE) if (payload[at] !== content) return false;
  return payload.at(-1) === content;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

using node = createNode("demo subscriber");
using service = openFrames(node);
using subscriber = service.subscriber({ name: "screen" });

let phase: Phase | undefined;
for (let patience = process.hrtime.bigint() + PATIENCE; phase !== "end"; ) {
  const sample = subscriber.receive();
  const now = process.hrtime.bigint();
  if (sample !== undefined) {
    phase = look(sample, now);
    sample.release();
    patience = now + PATIENCE;
  } else if (now > patience) throw new Error("no frame came for a long time");
}
latencies.sort((a, b) => a - b);
report({
  runtime: `Node.js ${process.version}, iceoryx2-ts`,
  place: place!,
  received,
  checked,
  intact,
  missing,
  latencies: { median: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) },
  phases: Object.fromEntries(
    [...spans].map(([name, { frames, first, last }]) => [
      name,
      { frames, seconds: Number(last - first) / 1e9 },
    ]),
  ),
});
