import assert from "node:assert/strict";
import { once } from "node:events";
import { after, describe, it } from "node:test";
import {
  ADDED,
  ADDITIONS,
  addUp,
  EXCHANGED,
  EXCHANGED_LONG,
  EXCHANGES,
  LONG_STEP,
  startAddingProcess,
} from "./adding-process.test-support.ts";
import * as atomics from "./atomics.ts";
import { Region } from "./region.ts";
import { SharedMemory, sharedMemoryLeft } from "./shared-memory.test-support.ts";

const region = (): Region => new Region(new ArrayBuffer(16), 16);

describe("atomics", () => {
  after(() => assert.deepEqual(sharedMemoryLeft(), []));

  it("return what was there", () => {
    const { bytes, words, longs } = region();
    atomics.store32(words, 0, -2);
    assert.equal(atomics.load32(words, 0), -2);
    assert.equal(atomics.add32(words, 0, 5), -2);
    assert.equal(atomics.load32(words, 0), 3);
    assert.equal(atomics.compareExchange32(words, 0, 3, 4), 3);
    atomics.store64(longs, 1, 2n ** 64n - 1n);
    assert.equal(atomics.add64(longs, 1, 1n), 2n ** 64n - 1n);
    assert.equal(atomics.compareExchange64(longs, 1, 0n, 7n), 0n);
    assert.equal(atomics.load64(longs, 1), 7n);
    assert.equal(atomics.compareExchange8(bytes, 8, 7, 0x83), 7);
    assert.equal(atomics.load8(bytes, 8), 0x83);
  });

  it("exchange nothing where another value is", () => {
    const { bytes, words, longs } = region();
    words[0] = 1;
    longs[1] = 2n;
    assert.equal(atomics.compareExchange32(words, 0, 9, 4), 1);
    assert.equal(atomics.compareExchange64(longs, 1, 9n, 4n), 2n);
    assert.equal(atomics.compareExchange8(bytes, 0, 9, 4), 1);
    assert.deepEqual([words[0], longs[1]], [1, 2n]);
  });

  it("are atomic across processes, although the mapping is no SharedArrayBuffer", async () => {
    using memory = SharedMemory.create(4096);
    const child = await startAddingProcess(memory);
    child.send("go");
    const { words, longs } = memory.region;
    addUp(memory.region);
    const [status] = (await once(child, "exit")) as [number | null];
    assert.equal(status, 0);
    assert.equal(words[ADDED], 2 * ADDITIONS);
    assert.equal(words[EXCHANGED], 2 * EXCHANGES);
    assert.equal(longs[EXCHANGED_LONG], LONG_STEP * BigInt(2 * EXCHANGES));
  });
});
