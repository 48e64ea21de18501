import assert from "node:assert/strict";
import { constants } from "node:buffer";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { hostOs } from "./host.ts";
import type { Os } from "./os.ts";
import { OsError } from "./os-error.ts";

const PREFIX = `t_${process.pid}_mapping_`;
const PAGE_SIZE = 4096;
const hostModule = import.meta.resolve("./host.js");

const LENGTH = 16 * 1024 * 1024;
const MAPPINGS = 100;
/** Keeps views of mappings that ended, and touches them while the collector runs. Prints sizes in pages. */
const TOUCH_AFTER_UNMAP = `
import { readFileSync } from "node:fs";
import { hostOs } from ${JSON.stringify(hostModule)};
const os = hostOs();
const fd = os.shmOpen(process.argv[1], "readWrite");
const addressSpace = () => Number(readFileSync("/proc/self/statm", "latin1").split(" ")[0]);
const collect = async () => {
  for (let i = 0; i < 5; i++) {
    gc();
    await new Promise(setImmediate);
  }
};
const makeView = () => {
  const mapping = os.map(fd, ${LENGTH}, true);
  const view = new Uint8Array(mapping.buffer, 100, 8);
  mapping.unmap();
  return view;
};
await collect();
const before = addressSpace();
const views = [];
for (let i = 0; i < ${MAPPINGS}; i++) views.push(makeView());
await collect();
const during = addressSpace();
let sum = 0;
for (const view of views) {
  sum += view[0];
  view[0] = 1;
}
views.length = 0;
await collect();
process.stdout.write(JSON.stringify({ sum, during: during - before, after: addressSpace() - before }));
`;

/** A child: where it fails, the kernel ends the process. */
function runChild(source: string, ...args: string[]): string {
  const flags = ["--expose-gc", "--input-type=module", "-e", source, ...args];
  return execFileSync(process.execPath, flags, { encoding: "utf8" });
}

describe("LinuxMapping", () => {
  let os: Os;
  const name = `${PREFIX}0`;
  let fd: number;

  before(() => {
    os = hostOs();
    fd = os.shmCreateExclusive(name, 0o600);
    os.ftruncate(fd, 365);
  });
  after(() => {
    os.close(fd);
    os.shmUnlink(name);
    assert.deepEqual(
      os.shmList().filter((entry) => entry.startsWith(PREFIX)),
      [],
    );
  });

  it("shows the file in whole pages, zero beyond its end", () => {
    const mapping = os.map(fd, 365, true);
    assert.deepEqual([mapping.length, mapping.buffer.byteLength, mapping.writable], [365, PAGE_SIZE, true]);
    const bytes = new Uint8Array(mapping.buffer);
    bytes[364] = 7;
    assert.deepEqual([os.readAll(fd)[364], bytes[365]], [7, 0]);
    mapping.unmap();
  });

  it("shares its bytes with other mappings of the file", () => {
    const writer = os.map(fd, 365, true);
    const reader = os.map(fd, 365, false);
    assert.equal(reader.writable, false);
    new Uint8Array(writer.buffer)[9] = 42;
    assert.equal(new Uint8Array(reader.buffer)[9], 42);
    writer.unmap();
    reader.unmap();
  });

  it("outlives its descriptor and its name", () => {
    const another = os.shmCreateExclusive(`${PREFIX}1`, 0o600);
    os.ftruncate(another, 8);
    const mapping = os.map(another, 8, true);
    os.close(another);
    os.shmUnlink(`${PREFIX}1`);
    const longs = new BigUint64Array(mapping.buffer);
    longs[0] = 5n;
    assert.equal(longs[0], 5n);
    mapping.unmap();
  });

  for (const writable of [true, false]) {
    it(`leaves private zeros behind when it ends, ${writable ? "writable" : "read-only"} as it was`, () => {
      os.writeAll(fd, Uint8Array.of(1, 2, 3));
      const mapping = os.map(fd, 365, writable);
      const bytes = new Uint8Array(mapping.buffer);
      assert.equal(bytes[1], 2);
      mapping.unmap();
      assert.equal(bytes[1], 0);
      bytes[1] = 9;
      assert.equal(bytes[1], 9);
      assert.equal(os.readAll(fd)[1], 2, "the file does not change any more");
      mapping.unmap();
      assert.equal(bytes[1], 9, "a second end does nothing");
    });
  }

  it("gives the memory back at once", () => {
    const another = os.shmCreateExclusive(`${PREFIX}2`, 0o600);
    os.ftruncate(another, PAGE_SIZE);
    const mapping = os.map(another, PAGE_SIZE, true);
    os.close(another);
    os.shmUnlink(`${PREFIX}2`);
    const isMapped = (): boolean => fs.readFileSync("/proc/self/maps", "latin1").includes(`${PREFIX}2`);
    assert.ok(isMapped());
    mapping.unmap();
    assert.ok(!isMapped());
  });

  it("can be touched through views that are kept, and gives its addresses back when they are collected", () => {
    os.writeAll(fd, new Uint8Array(365).fill(3));
    const { sum, during, after } = JSON.parse(runChild(TOUCH_AFTER_UNMAP, name)) as Record<string, number>;
    assert.equal(sum, 0);
    const all = (MAPPINGS * LENGTH) / PAGE_SIZE;
    // The collector changes the rest of the address space a little.
    assert.ok(during! > 0.9 * all, `${during} of ${all} pages are there while the views are`);
    assert.ok(after! < 0.1 * all, `${after} of ${all} pages are left`);
  });

  it("ends a process that writes into it where it is read-only", () => {
    const write = `
      import { hostOs } from ${JSON.stringify(hostModule)};
      const fd = hostOs().shmOpen(process.argv[1], "readOnly");
      new Uint8Array(hostOs().map(fd, 365, false).buffer)[0] = 1;`;
    assert.throws(
      () => runChild(write, name),
      (error: { signal?: string }) => error.signal === "SIGSEGV",
    );
  });

  it("refuses what no view can be made of, without an attempt that would abort the process", () => {
    assert.throws(
      () => os.map(fd, constants.MAX_LENGTH + 1, true),
      (error) => error instanceof OsError && error.code === "EOVERFLOW" && error.syscall === "mmap",
    );
  });

  it("has at least one byte and a descriptor that allows what it does", () => {
    const codeOf = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        if (error instanceof OsError) return error.code;
      }
      return "none";
    };
    assert.equal(
      codeOf(() => os.map(fd, 0, true)),
      "EINVAL",
    );
    const readOnly = os.shmOpen(name, "readOnly");
    assert.equal(
      codeOf(() => os.map(readOnly, 365, true)),
      "EACCES",
    );
    os.close(readOnly);
  });
});
