import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import type { Os } from "../os/os.ts";
import { openPaths, osThatFails, osWith } from "./faulty-os.test-support.ts";
import {
  createStaticStorage,
  makeDirectories,
  readStaticStorage,
  removeStaticStorage,
  staticStorageExists,
} from "./static-storage.ts";
import { StorageError, type StorageErrorCode } from "./storage-error.ts";

const CONTENT = new TextEncoder().encode("some content");

describe("static storage", () => {
  let os: Os;
  let directory: string;
  let file: string;

  beforeEach(() => {
    os = hostOs();
    directory = fs.mkdtempSync(path.join(tmpdir(), `t_${process.pid}_static_`));
    file = path.join(directory, "file");
  });
  afterEach(() => {
    assert.deepEqual(openPaths(directory), []);
    fs.rmSync(directory, { recursive: true });
  });

  function assertFails(code: StorageErrorCode, run: () => unknown): void {
    assert.throws(run, (error) => error instanceof StorageError && error.code === code, code);
  }

  it("holds its content and is ready, whatever the umask", () => {
    const umask = process.umask(0o777);
    try {
      createStaticStorage(os, file, CONTENT);
    } finally {
      process.umask(umask);
    }
    assert.deepEqual(readStaticStorage(os, file), CONTENT);
    assert.equal(os.lstat(file).mode, 0o400);
    assert.ok(staticStorageExists(os, file));
    assertFails("AlreadyExists", () => createStaticStorage(os, file, CONTENT));
    assert.ok(removeStaticStorage(os, file));
    assert.ok(!removeStaticStorage(os, file));
    assert.ok(!staticStorageExists(os, file));
    assertFails("DoesNotExist", () => readStaticStorage(os, file));
  });

  it("may be empty", () => {
    createStaticStorage(os, file, new Uint8Array(0));
    assert.equal(readStaticStorage(os, file).length, 0);
  });

  it("is not ready before its last step", () => {
    const modes: number[] = [];
    const watching = osWith({
      fchmod(fd, permissions) {
        modes.push(os.fstat(fd).mode);
        assertFails("InitializationNotYetFinalized", () => readStaticStorage(os, file));
        assert.ok(!staticStorageExists(os, file));
        os.fchmod(fd, permissions);
      },
    });
    createStaticStorage(watching, file, CONTENT);
    assert.deepEqual(modes.at(-1), 0o600);
    assert.deepEqual(readStaticStorage(os, file), CONTENT);
  });

  it("makes the directories that are missing, with the mode of peers, whatever the umask", () => {
    const nested = path.join(directory, "a", "b", "c");
    const umask = process.umask(0o077);
    try {
      createStaticStorage(os, path.join(nested, "file"), CONTENT);
      makeDirectories(os, nested);
    } finally {
      process.umask(umask);
    }
    for (const level of [nested, path.dirname(nested), path.join(directory, "a")]) {
      assert.equal(os.lstat(level).mode, 0o750, level);
    }
    assert.equal(os.lstat(directory).mode, 0o700, "what was there stays as it is");
  });

  for (const [method, code, expected] of [
    ["writeAll", "ENOSPC", "OutOfMemory"],
    ["fchmod", "EIO", "InternalFailure"],
    ["createExclusive", "EACCES", "InsufficientPermissions"],
  ] as const) {
    it(`leaves nothing behind where ${method} fails`, () => {
      assertFails(expected, () => createStaticStorage(osThatFails(method, code), file, CONTENT));
      assert.deepEqual(os.readdir(directory), []);
    });
  }

  it("does not last where a directory cannot be made", () => {
    const failing = osThatFails("mkdir", "EACCES");
    assertFails("InsufficientPermissions", () =>
      createStaticStorage(failing, path.join(directory, "a", "b"), CONTENT),
    );
    os.close(os.createExclusive(file, 0o600));
    assertFails("Corrupted", () => createStaticStorage(os, path.join(file, "b"), CONTENT));
  });

  it("is no directory, pipe or dangling link", () => {
    os.mkdir(file, 0o750);
    assertFails("Corrupted", () => readStaticStorage(os, file));
    assert.ok(!staticStorageExists(os, file));
    os.rmdir(file);
    execFileSync("mkfifo", [file]);
    assertFails("Corrupted", () => readStaticStorage(os, file));
    assert.ok(!staticStorageExists(os, file));
    os.unlink(file);
    fs.symlinkSync("/nowhere", file);
    assertFails("DoesNotExist", () => readStaticStorage(os, file));
    assert.ok(!staticStorageExists(os, file));
    fs.unlinkSync(file);
    assert.ok(!staticStorageExists(os, path.join(directory, "missing", "file")));
  });

  it("is refused where it is huge or changes while it is read", () => {
    const fd = os.createExclusive(file, 0o400);
    os.ftruncate(fd, 65 * 1024 * 1024);
    assertFails("OutOfMemory", () => readStaticStorage(os, file));
    os.ftruncate(fd, 10);
    os.close(fd);
    const shrinking = osWith({ readAll: () => new Uint8Array(9) });
    assertFails("Corrupted", () => readStaticStorage(shrinking, file));
  });
});
