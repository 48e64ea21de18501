/** What the programs of the demo agree on: the service, the frames and their content. */
import process from "node:process";
import {
  bytes,
  Config,
  Node,
  type PublishSubscribeService,
  type StructType,
  struct,
  u32,
  u64,
} from "iceoryx2-ts";

/** 4 MiB, as an uncompressed image of 1920 x 1080 with two bytes per pixel. */
export const FRAME_SIZE: number = 4 * 1024 * 1024;

/** The parts of a run, in the order in which the publisher sends them. */
export const PHASES = ["paced", "written", "handedOver", "end"] as const;
export type Phase = (typeof PHASES)[number];

/** In front of every frame. `stamp` is CLOCK_MONOTONIC in nanoseconds, taken right before the send. */
export const FrameHeader: StructType<{
  sequence: typeof u64;
  stamp: typeof u64;
  phase: typeof u32;
}> = struct("FrameHeader", { sequence: u64, stamp: u64, phase: u32 });

export type FrameService = PublishSubscribeService<typeof bytes, typeof FrameHeader>;

/** The demo's own domain comes through the environment: nothing else on the machine sees it. */
export function createNode(name: string): Node {
  const { IOX2_DEMO_PREFIX: prefix, IOX2_DEMO_ROOT_PATH: rootPath } = process.env;
  return Node.create({ name, config: Config.with(Config.default(), { global: { prefix, rootPath } }) });
}

/**
 * Nothing may get lost: without overflow, a subscriber without room makes the publisher try again. The limits keep
 * all chunks together below the 64 MiB of shared memory that a container has by default.
 */
export function openFrames(node: Node): FrameService {
  return node.service("Demo/Frames").publishSubscribe(bytes, { userHeader: FrameHeader }).openOrCreate({
    enableSafeOverflow: false,
    subscriberMaxBufferSize: 4,
    subscriberMaxBorrowedSamples: 1,
    maxSubscribers: 2,
    maxPublishers: 1,
  });
}

/** What every byte of a frame is: two frames in a row never look the same. */
export function contentOf(sequence: number): number {
  return sequence % 251;
}
