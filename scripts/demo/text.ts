/** The results of a run as people read them, in 80 columns. */
import { FRAME_SIZE, type Phase } from "./frames.ts";
import type { Reception, SubscriberReport } from "./reports.ts";
import type { Participant, Run } from "./run.ts";

const COLUMNS = 80;

/** A long name without its middle. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const half = Math.floor((length - 3) / 2);
  return `${text.slice(0, half)}...${text.slice(-half)}`;
}

function microseconds(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} us`;
}

/** Three digits are as much as a short measurement is worth. */
function rounded(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US");
}

/** Everybody who received. */
export function receiversOf({ subscriber, another }: Run): readonly Participant<Reception>[] {
  return another === undefined ? [subscriber] : [subscriber, another];
}

/** Who takes part, and where the same frame lies in each of them. */
export function describePlaces(run: Run): string {
  const { publisher } = run;
  const receivers = receiversOf(run);
  const path = publisher.report.place.path;
  const rows = [publisher, ...receivers].map(({ name, pid, report: { place, runtime } }) =>
    [
      `  ${name} (pid ${pid}, ${runtime})`,
      `    maps the file at ${place.address}, ${place.writable ? "to read and write" : "read-only"}`,
      `    and has the first frame at offset ${place.offset} of it`,
    ].join("\n"),
  );
  const isShared = receivers.every(
    ({ report: { place } }) => place.path === path && place.offset === publisher.report.place.offset,
  );
  return [
    `  ${shorten(path, COLUMNS - 4)}`,
    ...rows,
    isShared
      ? "  The same file, the same offset: the same bytes. No frame was copied."
      : "  These are not the same bytes: something is wrong.",
  ].join("\n");
}

/** What each subscriber saw of the frames that were sent. */
export function describeDelivery(run: Run): string {
  const { sent } = run.publisher.report;
  return receiversOf(run)
    .map(
      ({ name, report: { received, checked, intact } }) =>
        `  ${name}: ${received} of ${sent} frames received, ${checked} checked, ${intact} intact`,
    )
    .join("\n");
}

export function describeLatency({ latencies: { median, p99 }, phases }: SubscriberReport): string {
  return [
    `  ${phases.paced?.frames ?? 0} frames, one every 2 ms, from before send() to after receive():`,
    `  median ${microseconds(median)}, 99 % within ${microseconds(p99)}`,
  ].join("\n");
}

/** Frames and bytes per second of one phase. */
export function describeRate(
  { phases }: SubscriberReport,
  phase: Phase,
  label: string,
  remark: string,
): string {
  const { frames, seconds } = phases[phase] ?? { frames: 0, seconds: Number.NaN };
  const rate = (frames - 1) / seconds;
  const frameRate = `${rounded(rate).padStart(9)} frames/s`;
  const byteRate = `${rounded((rate * FRAME_SIZE) / 1e9).padStart(7)} GB/s`;
  return `  ${label.padEnd(19)}${frameRate} ${byteRate}  ${remark}`;
}

/** Whether every subscriber got every frame as it was sent. */
export function isComplete(run: Run): boolean {
  const { sent, place } = run.publisher.report;
  return receiversOf(run).every(
    ({ report }) =>
      report.received === sent &&
      report.intact === report.checked &&
      report.missing === 0 &&
      report.place.path === place.path &&
      report.place.offset === place.offset,
  );
}
