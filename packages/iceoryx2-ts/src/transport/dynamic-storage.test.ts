import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { afterEach, beforeEach, describe, it } from "node:test";
import { hostOs } from "../os/host.ts";
import type { Os } from "../os/os.ts";
import {
  CONTENT_OFFSET,
  createDynamicStorage,
  type DynamicStorage,
  openDynamicStorage,
  openOrCreateDynamicStorage,
  removeDynamicStorage,
  VERSION_WORD,
} from "./dynamic-storage.ts";
import { openPaths, osThatFails, osWith } from "./faulty-os.test-support.ts";
import { StorageError, type StorageErrorCode } from "./storage-error.ts";

const PREFIX = `t_${process.pid}_dynamic_`;
const SIZE = 365;

describe("dynamic storage", () => {
  let os: Os;
  let name: string;
  let path: string;
  let names = 0;

  beforeEach(() => {
    os = hostOs();
    name = `${PREFIX}${names++}`;
    path = `/dev/shm/${name}`;
  });
  afterEach(() => {
    fs.rmSync(path, { force: true, recursive: true });
    assert.deepEqual(openPaths(PREFIX), []);
    assert.deepEqual(
      os.shmList().filter((entry) => entry.startsWith(PREFIX)),
      [],
    );
  });

  const open = (timeout = 0, opener = os): DynamicStorage =>
    openDynamicStorage(opener, name, { writable: true, minimumSize: CONTENT_OFFSET, timeout });
  const create = (creator = os): DynamicStorage =>
    createDynamicStorage(creator, name, {
      size: SIZE,
      initialize: (region) => region.bytes.fill(7, 8, SIZE),
    });

  function assertFails(code: StorageErrorCode, run: () => unknown, message: RegExp = /./): void {
    assert.throws(
      run,
      (error) => error instanceof StorageError && error.code === code && message.test(error.message),
      code,
    );
  }

  /** An object as another program may have made it. */
  function make(mode: number, size: number, version: bigint): void {
    const fd = os.shmCreateExclusive(name, mode);
    os.ftruncate(fd, size);
    if (size >= 8) os.writeAll(fd, new Uint8Array(BigUint64Array.of(version).buffer));
    os.close(fd);
  }

  it("is opened with what its creator wrote, in its exact size, whatever the umask", () => {
    const umask = process.umask(0o777);
    let created: DynamicStorage;
    try {
      created = create();
    } finally {
      process.umask(umask);
    }
    const opened = open();
    assert.deepEqual([opened.name, opened.region.size, os.shmStatus(name).size], [name, SIZE, SIZE]);
    assert.equal(os.shmStatus(name).mode, 0o600);
    assert.equal(opened.region.longs[0], VERSION_WORD);
    assert.deepEqual([opened.region.bytes[8], opened.region.bytes[SIZE - 1]], [7, 7]);
    created.region.bytes[8] = 9;
    assert.equal(opened.region.bytes[8], 9);
    assertFails("AlreadyExists", create);
    created.mapping.unmap();
    opened.mapping.unmap();
    assert.ok(removeDynamicStorage(os, name));
    assert.ok(!removeDynamicStorage(os, name));
    assertFails("DoesNotExist", open);
  });

  it("is reserved completely, or where its creator wants it", () => {
    const reserved = (): number => fs.statSync(path).blocks * 512;
    const size = 10 * 4096;
    createDynamicStorage(os, name, { size, initialize: () => {} }).mapping.unmap();
    assert.equal(reserved(), size);
    removeDynamicStorage(os, name);
    const reserve = [
      [0, 100],
      [5 * 4096, 4096],
    ] as const;
    createDynamicStorage(os, name, { size, reserve, initialize: () => {} }).mapping.unmap();
    assert.equal(reserved(), 2 * 4096);
  });

  it("may have another mode, and leave its descriptor to its creator", () => {
    let kept = -1;
    const { mapping } = createDynamicStorage(os, name, {
      size: SIZE,
      mode: 0o666,
      initialize: () => {},
      keepDescriptor: (fd) => {
        kept = fd;
      },
    });
    assert.equal(os.fstat(kept).mode, 0o666);
    os.close(kept);
    mapping.unmap();
  });

  it("is not ready before its last step: version, then mode", () => {
    let steps = 0;
    const watching = osWith({
      fchmod(fd, permissions) {
        steps++;
        assert.equal(os.fstat(fd).mode, 0o200);
        assert.equal(new DataView(os.readAll(fd).buffer).getBigUint64(0, true), VERSION_WORD);
        assertFails("InitializationNotYetFinalized", open);
        os.fchmod(fd, permissions);
      },
    });
    createDynamicStorage(watching, name, {
      size: SIZE,
      initialize: (region) => assert.equal(region.longs[0], 0n),
    }).mapping.unmap();
    assert.equal(steps, 1);
    open().mapping.unmap();
  });

  for (const [method, code, expected] of [
    ["ftruncate", "EINVAL", "InternalFailure"],
    ["fallocate", "ENOSPC", "OutOfMemory"],
    ["map", "ENOMEM", "OutOfMemory"],
    ["fchmod", "EIO", "InternalFailure"],
    ["shmCreateExclusive", "EACCES", "InsufficientPermissions"],
  ] as const) {
    it(`leaves nothing behind where ${method} fails`, () => {
      assertFails(expected, () => create(osThatFails(method, code)), new RegExp(name));
      assert.ok(!os.shmList().includes(name));
    });
  }

  it("leaves nothing behind where the content cannot be written", () => {
    const initialize = (): never => {
      throw new RangeError("too far");
    };
    assertFails(
      "InternalFailure",
      () => createDynamicStorage(os, name, { size: SIZE, initialize }),
      /too far/,
    );
    assert.ok(!os.shmList().includes(name));
  });

  for (const [state, mode, size, version] of [
    ["is empty", 0o600, 0, 0n],
    ["has no version", 0o600, SIZE, 0n],
    ["has its creator's mode", 0o200, SIZE, VERSION_WORD],
  ] as const) {
    it(`is waited for while it ${state}, up to the timeout`, () => {
      make(mode, size, version);
      assertFails("InitializationNotYetFinalized", open, /within 0 ms/);
      let naps = 0;
      const napping = osWith({
        sleep: (milliseconds) => {
          naps++;
          os.sleep(milliseconds);
        },
      });
      const start = os.monotonicTime();
      assertFails("InitializationNotYetFinalized", () => open(5.5, napping));
      assert.ok(os.monotonicTime() - start >= 5_500_000n);
      assert.ok(naps > 0);
      // The creator goes on while we sleep.
      const becomingReady = osWith({
        sleep: () => {
          removeDynamicStorage(os, name);
          create().mapping.unmap();
        },
      });
      open(60_000, becomingReady).mapping.unmap();
    });
  }

  it("is waited for where its mode keeps its owner out", () => {
    make(0o200, SIZE, 0n);
    assertFails("InitializationNotYetFinalized", () => open(0, osThatFails("shmOpen", "EACCES")));
    removeDynamicStorage(os, name);
    make(0o600, SIZE, VERSION_WORD);
    assertFails("InsufficientPermissions", () => open(0, osThatFails("shmOpen", "EACCES")));
    removeDynamicStorage(os, name);
    assertFails("InsufficientPermissions", () => open(0, osThatFails("shmOpen", "EACCES")));
  });

  it("of another version is refused with both versions", () => {
    make(0o600, SIZE, (2n << 32n) | (9n << 16n) | 1n);
    assertFails("VersionMismatch", open, /iceoryx2 2\.9\.1.*0\.10\.0/);
  });

  it("that is too short is refused with both sizes", () => {
    make(0o600, 15, VERSION_WORD);
    const open16 = (): unknown =>
      openDynamicStorage(os, name, { writable: false, minimumSize: 16, timeout: 0 });
    assertFails("Corrupted", open16, /15 bytes.*16/);
  });

  it("is no link, directory or pipe", () => {
    const openBoth = (): void => {
      for (const writable of [true, false]) {
        assertFails("Corrupted", () =>
          openDynamicStorage(os, name, { writable, minimumSize: 8, timeout: 0 }),
        );
      }
      assertFails("AlreadyExists", create);
    };
    fs.symlinkSync("/dev/null", path);
    openBoth();
    fs.unlinkSync(path);
    fs.mkdirSync(path);
    openBoth();
    fs.rmdirSync(path);
    execFileSync("mkfifo", [path]);
    openBoth();
  });

  it("is created by who comes first and opened by who comes later", () => {
    const openOptions = { writable: true, minimumSize: CONTENT_OFFSET, timeout: 0 };
    const createOptions = { size: SIZE, initialize: () => {} };
    const attach = (by = os) => openOrCreateDynamicStorage(by, name, openOptions, createOptions);
    const first = attach();
    const second = attach();
    assert.deepEqual([first.created, second.created], [true, false]);
    removeDynamicStorage(os, name);
    let races = 0;
    const losing = osWith({
      shmCreateExclusive(object, permissions) {
        // Somebody else creates it between our look and our attempt.
        if (races++ === 0) create().mapping.unmap();
        return os.shmCreateExclusive(object, permissions);
      },
    });
    assert.equal(attach(losing).created, false);
    replaceByUnready();
    assertFails("InitializationNotYetFinalized", attach);
  });

  function replaceByUnready(): void {
    removeDynamicStorage(os, name);
    make(0o200, SIZE, 0n);
  }
});
