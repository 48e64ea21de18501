import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as layout from "./connection-layout.ts";

const PARAMETERS: layout.ConnectionParameters = {
  bufferSize: 4,
  maxBorrowedSamples: 2,
  enableSafeOverflow: true,
  samplesPerSegment: 33,
  numberOfSegments: 1,
  numberOfChannels: 1,
};

describe("layOutConnection", () => {
  for (const [change, fileSize] of [
    [{}, 365],
    [{ bufferSize: 5 }, 381],
    [{ bufferSize: 2, samplesPerSegment: 34 }, 334],
    [{ bufferSize: 2, samplesPerSegment: 34, numberOfSegments: 255 }, 17098],
  ] as const) {
    it(`gives a connection the size that a peer gives it: ${fileSize}`, () => {
      assert.equal(layout.layOutConnection({ ...PARAMETERS, ...change }).fileSize, fileSize);
    });
  }

  it("puts everything where a peer puts it", () => {
    const { channels, segmentDetails, usedBytes } = layout.layOutConnection(PARAMETERS);
    assert.deepEqual(channels, [{ channel: 0x58, submissionSlots: 0xb0, completionSlots: 0xd8 }]);
    assert.deepEqual([segmentDetails, usedBytes], [0x110, 0x130]);
  });

  it("keeps the parts of several channels and segments apart", () => {
    const several = { ...PARAMETERS, numberOfChannels: 3, numberOfSegments: 2 };
    const { channels, segmentDetails, usedBytes, fileSize } = layout.layOutConnection(several);
    const parts = channels.flatMap(({ channel, submissionSlots, completionSlots }) => [
      [channel, layout.CHANNEL_SIZE],
      [submissionSlots, 8 * (several.bufferSize + 1)],
      [completionSlots, 8 * layout.completionCapacity(several)],
    ]);
    parts.push([segmentDetails, 6 * layout.SEGMENT_DETAILS_SIZE], [usedBytes, 6 * several.samplesPerSegment]);
    parts.sort(([a], [b]) => a! - b!);
    assert.equal(parts[0]![0], layout.CHANNEL_AREA);
    for (const [i, [start, length]] of parts.entries())
      assert.ok(start! + length! <= (parts[i + 1]?.[0] ?? fileSize));
  });
});
