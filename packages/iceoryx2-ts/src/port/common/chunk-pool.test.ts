import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import fc from "fast-check";
import type { AllocationStrategy } from "../../config/settings.ts";
import { hostOs } from "../../os/host.ts";
import { TestDomain } from "../../testing/test-domain.ts";
import { pointerOffset } from "../../transport/pointer-offset.ts";
import { ChunkPool, SEGMENTS_MAX } from "./chunk-pool.ts";

describe("a pool of chunks", () => {
  let domain: TestDomain;
  beforeEach(() => {
    domain = new TestDomain();
  });
  afterEach(() => {
    domain.assertClean();
    domain[Symbol.dispose]();
  });

  const create = (allocationStrategy: AllocationStrategy, numberOfChunks = 4): ChunkPool =>
    ChunkPool.create(hostOs(), domain.config, {
      portId: 4711n,
      chunkSize: 64,
      alignment: 16,
      numberOfChunks,
      allocationStrategy,
      prepareChunk: () => {},
      describeLoan: () => "a loan",
    });
  const segments = (): string[] =>
    domain
      .leftovers()
      .map((name) => /_4711(.*)\.data$/.exec(name)?.[1] ?? "?")
      .sort();

  it("has one segment where chunks cannot grow", () => {
    const pool = create("Static");
    assert.deepEqual(segments(), [""]);
    assert.equal(pool.isResizable, false);
    pool.remove();
  });

  it("grows to what is needed, or to the next power of two", () => {
    for (const [strategy, sizes] of [
      ["BestFit", [112, 1008, 1008]],
      ["PowerOfTwo", [128, 1024, 1024]],
    ] as const) {
      const pool = create(strategy);
      for (const [i, needed] of [100, 1000, 10].entries()) {
        pool.grow(needed);
        assert.equal(pool.chunkSize, sizes[i]);
      }
      pool.remove();
    }
  });

  it("removes an old segment as soon as nobody counts on any of its chunks", () => {
    const pool = create("BestFit");
    const first = pool.allocate();
    pool.retain(first);
    pool.grow(200);
    assert.deepEqual(segments(), ["__0", "__1", "__mgmt"]);
    const second = pool.allocate();
    pool.release(first);
    pool.grow(300);
    pool.release(second);
    assert.deepEqual(segments(), ["__0", "__2", "__mgmt"]);
    pool.bytesAround(first)[pool.leaseOf(first).base] = 5;
    pool.release(first);
    assert.deepEqual(segments(), ["__2", "__mgmt"]);
    pool.remove();
  });

  it("numbers chunks so that their pointers can be told apart, whatever somebody makes of them", () => {
    const pool = create("PowerOfTwo");
    const chunks = [0, 1, 2].flatMap((growth) => {
      if (growth > 0) pool.grow(100 * growth);
      return [pool.allocate(), pool.allocate(), pool.allocate(), pool.allocate()];
    });
    assert.deepEqual(chunks, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const known = new Map(chunks.map((chunk) => [pool.pointerTo(chunk), chunk]));
    assert.equal(known.size, chunks.length);
    assert.equal(pool.pointerTo(5), pointerOffset(1, 128));
    for (const [pointer, chunk] of known) assert.equal(pool.chunkAt(pointer), chunk);
    fc.assert(
      fc.property(
        fc.oneof(fc.nat(300_000), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(Number)),
        (pointer) => {
          const chunk = pool.chunkAt(pointer);
          assert.ok(!chunks.includes(chunk) || pool.pointerTo(chunk) === pointer);
        },
      ),
    );
    for (const chunk of chunks) pool.release(chunk);
    pool.remove();
  });

  it("ends with the last number that a segment can have", () => {
    const pool = create("BestFit", 1);
    for (let segment = 1; segment < SEGMENTS_MAX; segment++) pool.grow(64 + 16 * segment);
    assert.deepEqual(segments(), ["__254", "__mgmt"]);
    const chunk = pool.allocate();
    assert.equal(pool.chunkAt(pool.pointerTo(chunk)), chunk);
    assert.equal(chunk, 254);
    assert.throws(() => pool.grow(100_000), { code: "OutOfMemory", message: /had 255 of them/ });
    pool.release(chunk);
    assert.equal(pool.hasFreeChunk, true);
    pool.remove();
  });
});
