/** What the kill harness takes for memory on which upstream hangs. */
import assert from "node:assert/strict";
import { truncateSync, utimesSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { TestDomain } from "iceoryx2-ts/testing";
import { findMemoryWithoutSize, memoryWithoutSize } from "./upstream-hang.ts";

const LONG_AGO = new Date(0);

describe("memory without a size", () => {
  it("is what was created long ago and is empty still", async () => {
    using domain = new TestDomain();
    using other = new TestDomain();
    const { prefix } = domain;
    const file = `/dev/shm/${prefix}.connection`;
    writeFileSync(file, "");
    assert.equal(memoryWithoutSize(prefix), undefined, "somebody may just be creating it");
    truncateSync(file, 8);
    utimesSync(file, LONG_AGO, LONG_AGO);
    assert.equal(memoryWithoutSize(prefix), undefined, "it has a size");
    truncateSync(file, 0);
    utimesSync(file, LONG_AGO, LONG_AGO);
    assert.equal(memoryWithoutSize(prefix), file);
    assert.equal(memoryWithoutSize(other.prefix), undefined, "it belongs to another domain");
    assert.equal(await findMemoryWithoutSize(prefix, new AbortController().signal), file);
  });

  it("is looked for until it is found or the search ends", async () => {
    using domain = new TestDomain();
    const search = new AbortController();
    const found = findMemoryWithoutSize(domain.prefix, search.signal);
    search.abort();
    await assert.rejects(found, { name: "AbortError" });
  });
});
