/**
 * The bytes of a connection: the two queues between one sender and one receiver, per channel.
 * Upstream: `zero_copy_connection::common::SharedManagementData`.
 *
 * ```text
 *  0x00  u64   version
 *  0x08  i64   pointer to the channels,        u64 capacity, u64 length
 *  0x20  i64   pointer to the segment details, u64 capacity, u64 length = segments x channels
 *  0x38  u8    state: 1 sender attached, 2 receiver attached, 0x80 marked for destruction
 *  0x40  u64   how many samples the receiver may borrow
 *  0x48  u64   samples per segment
 *  0x50  u8    number of segments
 *  0x51  u8    safe overflow
 *  0x58  ...   channel[channels], slots, segment details, used bytes
 *
 *  channel, 88 bytes                          segment details, 32 bytes
 *   0  u64  state; 2^64-1 = closed             0  i64  pointer to the used bytes
 *   8  u64  completion write position          8  u64  samples
 *  16  u64  completion read position          16  u8   initialised = 1
 *  24  u8   has producer, has consumer,       24  u64  chunk size
 *           initialised = 1, 1, 1
 *  32  u64  completion capacity
 *  40  i64  pointer to the completion slots
 *  48  i64  pointer to the submission slots
 *  56  u8   has producer, has consumer, initialised = 1, 1, 1
 *  64  u64  submission capacity
 *  72  u64  submission write position
 *  80  u64  submission read position
 * ```
 *
 * Submission carries chunks from the sender to the receiver, completion carries them back. The used bytes serve the
 * sender alone; ours keeps that knowledge in private memory, where nobody can spoil it.
 */

export const VERSION = 0;
export const CHANNELS: number = VERSION + 8;
export const SEGMENT_DETAILS: number = CHANNELS + 24;
export const STATE: number = SEGMENT_DETAILS + 24;
export const MAX_BORROWED_SAMPLES: number = STATE + 8;
export const SAMPLES_PER_SEGMENT: number = MAX_BORROWED_SAMPLES + 8;
export const NUMBER_OF_SEGMENTS: number = SAMPLES_PER_SEGMENT + 8;
export const ENABLE_SAFE_OVERFLOW: number = NUMBER_OF_SEGMENTS + 1;
export const CHANNEL_AREA: number = NUMBER_OF_SEGMENTS + 8;

/** Within the relocatable vectors at `CHANNELS` and `SEGMENT_DETAILS`. */
export const VECTOR_CAPACITY = 8;
export const VECTOR_LENGTH = 16;

export const CHANNEL_STATE = 0;
export const COMPLETION_WRITE: number = CHANNEL_STATE + 8;
export const COMPLETION_READ: number = COMPLETION_WRITE + 8;
export const COMPLETION_FLAGS: number = COMPLETION_READ + 8;
export const COMPLETION_CAPACITY: number = COMPLETION_FLAGS + 8;
export const COMPLETION_SLOTS: number = COMPLETION_CAPACITY + 8;
export const SUBMISSION_SLOTS: number = COMPLETION_SLOTS + 8;
export const SUBMISSION_FLAGS: number = SUBMISSION_SLOTS + 8;
export const SUBMISSION_CAPACITY: number = SUBMISSION_FLAGS + 8;
export const SUBMISSION_WRITE: number = SUBMISSION_CAPACITY + 8;
export const SUBMISSION_READ: number = SUBMISSION_WRITE + 8;
export const CHANNEL_SIZE: number = SUBMISSION_READ + 8;

export const USED_BYTES_POINTER = 0;
export const USED_BYTES_CAPACITY: number = USED_BYTES_POINTER + 8;
export const USED_BYTES_IS_INITIALIZED: number = USED_BYTES_CAPACITY + 8;
export const CHUNK_SIZE: number = USED_BYTES_IS_INITIALIZED + 8;
export const SEGMENT_DETAILS_SIZE: number = CHUNK_SIZE + 8;

/** Each allocation of upstream's bump allocator adds this much room for aligning it. */
const ALIGNMENT_SLACK = 7;

/** What both sides must agree on; each computes it from the service and the other port's details. */
export interface ConnectionParameters {
  /** The receiver's buffer: how many samples wait for it at most. */
  readonly bufferSize: number;
  readonly maxBorrowedSamples: number;
  readonly enableSafeOverflow: boolean;
  readonly samplesPerSegment: number;
  /** 1 for a static data segment, 255 for a resizable one. */
  readonly numberOfSegments: number;
  readonly numberOfChannels: number;
  /** Whether each channel begins closed and is opened when it is needed, or is open for ever. */
  readonly channelsBeginClosed?: boolean | undefined;
}

/** Enough for everything that a receiver can hold, so that giving back never fails. */
export function completionCapacity({ bufferSize, maxBorrowedSamples }: ConnectionParameters): number {
  return bufferSize + maxBorrowedSamples + 1;
}

export interface ChannelMemory {
  readonly channel: number;
  readonly submissionSlots: number;
  readonly completionSlots: number;
}

export interface ConnectionLayout {
  readonly channels: readonly ChannelMemory[];
  readonly segmentDetails: number;
  /** The offset of the used bytes of segment detail 0; each has `samplesPerSegment` of them. */
  readonly usedBytes: number;
  readonly fileSize: number;
}

export function layOutConnection(parameters: ConnectionParameters): ConnectionLayout {
  const { bufferSize, samplesPerSegment, numberOfSegments, numberOfChannels } = parameters;
  const submissionSize = 8 * (bufferSize + 1);
  const completionSize = 8 * completionCapacity(parameters);
  const channels: ChannelMemory[] = [];
  let end = CHANNEL_AREA + CHANNEL_SIZE * numberOfChannels;
  for (let i = 0; i < numberOfChannels; i++) {
    const submissionSlots = end;
    const completionSlots = submissionSlots + submissionSize;
    end = completionSlots + completionSize;
    channels.push({ channel: CHANNEL_AREA + CHANNEL_SIZE * i, submissionSlots, completionSlots });
  }
  const numberOfDetails = numberOfSegments * numberOfChannels;
  const segmentDetails = end;
  const usedBytes = segmentDetails + SEGMENT_DETAILS_SIZE * numberOfDetails;
  const slack = (2 * numberOfChannels + 2) * ALIGNMENT_SLACK;
  return {
    channels,
    segmentDetails,
    usedBytes,
    fileSize: usedBytes + samplesPerSegment * numberOfDetails + slack,
  };
}
