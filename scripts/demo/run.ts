/** A run of the demo: a publisher and its subscribers, from their start to their reports. */
import { join } from "node:path";
import process from "node:process";
import { REPOSITORY } from "../workspace.ts";
import { Program } from "./program.ts";
import type { PublisherReport, Reception, SubscriberReport } from "./reports.ts";

/** How long the publisher sends in each way, in milliseconds. */
export interface Durations {
  readonly paced: number;
  readonly written: number;
  readonly handedOver: number;
}

export interface Participant<Report> extends Pick<Program, "name" | "pid"> {
  readonly report: Report;
}

export interface Run {
  readonly publisher: Participant<PublisherReport>;
  readonly subscriber: Participant<SubscriberReport>;
  /** The one in Python, if there is one. */
  readonly another: Participant<Reception> | undefined;
}

/** @param python the interpreter of another subscriber, or none. */
export async function runFrames(
  environment: Readonly<Record<string, string>>,
  { paced, written, handedOver }: Durations,
  python?: string,
): Promise<Run> {
  const built = (program: string): string => join(REPOSITORY, "scripts", "dist", "demo", `${program}.js`);
  const start = (name: string, command: string, args: readonly string[]): Program =>
    new Program(name, command, args, environment);
  const numberOfSubscribers = python === undefined ? 1 : 2;
  const args = [numberOfSubscribers, paced, written, handedOver].map(String);
  const publisher = start("publisher", process.execPath, [built("publisher"), ...args]);
  // It creates the service: the subscriber in Python only opens it.
  await publisher.report<"ready">();
  const subscriber = start("subscriber", process.execPath, [built("subscriber")]);
  let another: Program | undefined;
  if (python !== undefined) {
    const script = join(REPOSITORY, "scripts", "demo", "subscriber.py");
    another = start("Python subscriber", python, ["-B", script]);
  }
  const [sent, received, receivedByAnother] = await Promise.all([
    participate<PublisherReport>(publisher),
    participate<SubscriberReport>(subscriber),
    another === undefined ? undefined : participate<Reception>(another),
  ]);
  return { publisher: sent, subscriber: received, another: receivedByAnother };
}

async function participate<Report>(program: Program): Promise<Participant<Report>> {
  const report = await program.report<Report>();
  await program.end();
  return { name: program.name, pid: program.pid, report };
}
