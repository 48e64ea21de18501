/** The options that publishers, clients and servers share, and the memory that follows from them. */
import { InvalidArgumentError } from "../../base/general-errors.ts";
import type { AllocationStrategy } from "../../config/settings.ts";
import type { ServiceState } from "../../lifecycle/service-state.ts";
import type { DataSegmentDetails } from "../../service/port-details.ts";
import { ChunkPool, SEGMENTS_MAX } from "./chunk-pool.ts";
import type { MessageTypes } from "./message-types.ts";
import { countOption } from "./options.ts";

/** Above it no length makes sense; it keeps size arithmetic exact. */
const SLICE_LENGTH_MAX = 2 ** 40;

export interface SendingOptions {
  /**
   * The longest slice that can be loaned at first, in elements; with the allocation strategy "Static" for ever.
   * Payloads of fixed size ignore it.
   */
  readonly initialMaxSliceLen?: number | undefined;
  /** How memory for longer slices is had: not at all, as much as needed, or the next power of two. */
  readonly allocationStrategy?: AllocationStrategy | undefined;
}

/** How a port gets the memory that it sends from. */
export interface SendingMemory {
  readonly initialMaxSliceLen: number;
  readonly allocationStrategy: AllocationStrategy;
  /** How many chunks each segment has. */
  readonly numberOfChunks: number;
  /** What the port tells about it. */
  readonly details: DataSegmentDetails;
}

/**
 * @param what is created, such as `publisher of service "a"`.
 * @param numberOfChunks what the worst case needs, and the option that overrides it.
 * @throws InvalidArgumentError
 */
export function sendingMemory(
  what: string,
  { payload }: MessageTypes,
  options: SendingOptions,
  defaultStrategy: AllocationStrategy,
  numberOfChunks: Preallocation,
): SendingMemory {
  const isSlice = payload.kind === "slice";
  const longestSlice = countOption(
    what,
    "initialMaxSliceLen",
    options.initialMaxSliceLen,
    1,
    SLICE_LENGTH_MAX,
  );
  const allocationStrategy = isSlice ? (options.allocationStrategy ?? defaultStrategy) : "Static";
  const initialMaxSliceLen = isSlice ? longestSlice : 1;
  const isResizable = allocationStrategy !== "Static";
  return {
    initialMaxSliceLen,
    allocationStrategy,
    numberOfChunks: preallocation(what, numberOfChunks),
    details: {
      maxSliceLen: initialMaxSliceLen,
      dataSegmentType: isResizable ? "Dynamic" : "Static",
      maxNumberOfSegments: isResizable ? SEGMENTS_MAX : 1,
    },
  };
}

export interface Preallocation {
  readonly worstCase: number;
  readonly override: ((worstCase: number) => number) | undefined;
  /** The name of the option. */
  readonly option: string;
}

/** @throws InvalidArgumentError if what the user makes of the worst case is no number of chunks. */
function preallocation(what: string, { worstCase, override, option }: Preallocation): number {
  const wanted = override?.(worstCase) ?? worstCase;
  if (Number.isInteger(wanted)) return Math.min(Math.max(wanted, 1), worstCase);
  throw new InvalidArgumentError(
    what,
    `cannot create a ${what}: ${option} returned ${wanted}, but must return an integer from 1 to ${worstCase}.`,
  );
}

/**
 * @param prepareChunk see `DataSegmentOptions`.
 * @param toError the port's own error for memory that cannot be had.
 */
export function createPool(
  service: ServiceState,
  { layout }: MessageTypes,
  port: { readonly id: bigint; readonly origin: string },
  { initialMaxSliceLen, numberOfChunks, allocationStrategy }: SendingMemory,
  prepareChunk: (view: DataView, at: number) => void,
  toError: (origin: string, message: string, cause: unknown) => Error,
): ChunkPool {
  const { os, config } = service.node;
  const chunkSize = layout.chunkSize(initialMaxSliceLen);
  const { alignment } = layout;
  try {
    const options = { portId: port.id, chunkSize, alignment, numberOfChunks, allocationStrategy };
    const describeLoan = (): string => `the loan of ${port.origin}`;
    return ChunkPool.create(os, config, { ...options, prepareChunk, describeLoan });
  } catch (cause) {
    const { origin } = port;
    const reason = (cause as Error).message;
    throw toError(
      origin,
      `cannot create ${origin}: no memory for ${numberOfChunks} chunks of ${chunkSize} bytes: ${reason}`,
      cause,
    );
  }
}
