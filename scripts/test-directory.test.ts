import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { TestDirectory } from "./test-directory.ts";

/** As a test that is killed leaves a domain. */
function leaveDomain({ path }: TestDirectory): { readonly domain: string; readonly object: string } {
  const ending = basename(path).slice(-6);
  const domain = join(path, `iceoryx2-ts-${ending}`);
  mkdirSync(domain);
  const object = `/dev/shm/t1_1_${ending}_left.data`;
  writeFileSync(object, "");
  return { domain, object };
}

describe("the directory of a test run", () => {
  it("goes at the end when it is empty", () => {
    const directory = new TestDirectory();
    assert.deepEqual(readdirSync(directory.path), []);
    assert.deepEqual(directory.close(), []);
    assert.equal(existsSync(directory.path), false);
  });

  it("shows what is left in it, and keeps only that", () => {
    const directory = new TestDirectory();
    try {
      const { domain, object } = leaveDomain(directory);
      assert.deepEqual(directory.close(), [domain]);
      assert.deepEqual([domain, object].map(existsSync), [true, false]);
    } finally {
      directory.remove();
    }
  });

  it("goes with all domains in it after an interruption, and with no others", () => {
    const [interrupted, other] = [new TestDirectory(), new TestDirectory()];
    const { object } = leaveDomain(interrupted);
    const others = leaveDomain(other);
    interrupted.remove();
    assert.deepEqual([interrupted.path, object, others.object].map(existsSync), [false, false, true]);
    other.remove();
    assert.deepEqual([other.path, others.object].map(existsSync), [false, false]);
  });
});
