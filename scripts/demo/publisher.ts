/**
 * Sends frames: some at a steady pace, then as many as it can, first with every byte written and then without.
 * The arguments are how many subscribers it waits for, and how long each of the parts lasts, in milliseconds; "0"
 * leaves the part out.
 */
import process from "node:process";
import { type bytes, type Publisher, SendError } from "iceoryx2-ts";
import {
  contentOf,
  createNode,
  FRAME_SIZE,
  type FrameHeader,
  openFrames,
  PHASES,
  type Phase,
} from "./frames.ts";
import { mappedDataSegments } from "./mapped-file.ts";
import { type FramePlace, report } from "./reports.ts";

type FramePublisher = Publisher<typeof bytes, typeof FrameHeader>;

/** Between two paced frames, in nanoseconds. */
const PACE = 2_000_000n;

let sequence = 0;
let place: FramePlace | undefined;

function sendFrame(publisher: FramePublisher, phase: Phase): void {
  const loan = publisher.loanUninit(FRAME_SIZE);
  const { payload, userHeader } = loan;
  if (phase !== "handedOver") payload.fill(contentOf(sequence));
  place ??= { ...mappedDataSegments()[0]!, offset: payload.byteOffset };
  userHeader.sequence = BigInt(sequence++);
  userHeader.phase = PHASES.indexOf(phase);
  for (;;) {
    userHeader.stamp = process.hrtime.bigint();
    try {
      loan.send();
      return;
    } catch (error) {
      // A subscriber has no room: nobody got the frame, and the loan is still ours.
      if (!(error instanceof SendError && error.code === "UnableToDeliver")) throw error;
    }
  }
}

function sendPhase(publisher: FramePublisher, phase: Phase, milliseconds: number): void {
  const start = process.hrtime.bigint();
  const end = start + BigInt(milliseconds) * 1_000_000n;
  for (let due = start; process.hrtime.bigint() < end; due += PACE) {
    while (phase === "paced" && process.hrtime.bigint() < due);
    sendFrame(publisher, phase);
  }
}

using node = createNode("demo publisher");
using service = openFrames(node);
using publisher = service.publisher({ name: "camera", initialMaxSliceLen: FRAME_SIZE, maxLoanedSamples: 1 });
const [subscribers = 0, paced = 0, written = 0, handedOver = 0] = process.argv.slice(2).map(Number);
report("ready");
// A subscriber that finds the publisher is connected from the beginning, so that it gets every frame.
while (service.numberOfSubscribers < subscribers) {
  if (!(await node.wait(1))) throw new Error("interrupted while waiting for the subscribers");
}
sendPhase(publisher, "paced", paced);
sendPhase(publisher, "written", written);
sendPhase(publisher, "handedOver", handedOver);
sendFrame(publisher, "end");
report({ runtime: `Node.js ${process.version}, iceoryx2-ts`, place: place!, sent: sequence });
