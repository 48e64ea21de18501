import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { hostOs } from "./host.ts";
import type { Os } from "./os.ts";
import { type ErrnoName, OsError } from "./os-error.ts";

const PREFIX = `t_${process.pid}_os_`;
const PAGE_SIZE = 4096;

function assertFails(code: ErrnoName, syscall: string, run: () => unknown): void {
  assert.throws(
    run,
    (error) => {
      assert.ok(error instanceof OsError, String(error));
      assert.deepEqual([error.code, error.syscall], [code, syscall]);
      return true;
    },
    `${syscall} must fail with ${code}`,
  );
}

describe("LinuxOs", () => {
  let os: Os;
  let directory: string;
  let files = 0;
  const fresh = (): string => path.join(directory, String(files++));
  const freshName = (): string => `${PREFIX}${files++}`;

  before(() => {
    os = hostOs();
    directory = fs.mkdtempSync(path.join(tmpdir(), PREFIX));
  });
  after(() => {
    fs.rmSync(directory, { recursive: true });
    assert.deepEqual(
      os.shmList().filter((name) => name.startsWith(PREFIX)),
      [],
    );
  });

  function withFile(permissions: number, use: (fd: number, file: string) => void): void {
    const file = fresh();
    const fd = os.createExclusive(file, permissions);
    try {
      use(fd, file);
    } finally {
      os.close(fd);
      os.unlink(file);
    }
  }

  describe("files", () => {
    it("are created with the mode that is asked for, whatever the umask", () => {
      const umask = process.umask(0o777);
      try {
        for (const permissions of [0o200, 0o400, 0o600, 0o666]) {
          withFile(permissions, (fd, file) => {
            assert.equal(os.fstat(fd).mode, permissions);
            const { inode, ...status } = os.lstat(file);
            assert.deepEqual(status, { kind: "file", mode: permissions, size: 0, linkCount: 1 });
            assert.equal(os.fstat(fd).inode, inode);
            os.fchmod(fd, 0o640);
            assert.equal(os.lstat(file).mode, 0o640);
          });
        }
      } finally {
        process.umask(umask);
      }
    });

    it("are created once", () => {
      withFile(0o600, (_, file) => assertFails("EEXIST", "open", () => os.createExclusive(file, 0o600)));
    });

    it("hold what was written, from the start", () => {
      withFile(0o600, (fd, file) => {
        assert.equal(os.readAll(fd).length, 0);
        const content = Uint8Array.from({ length: 100_000 }, (_, i) => i);
        os.writeAll(fd, content);
        assert.deepEqual(os.readAll(fd), content);
        const again = os.open(file, "readOnly");
        assert.deepEqual(os.readAll(again), content);
        os.close(again);
      });
    });

    it("are not read above 64 MiB", () => {
      withFile(0o600, (fd) => {
        os.ftruncate(fd, 64 * 1024 * 1024 + 1);
        assertFails("EFBIG", "read", () => os.readAll(fd));
      });
    });

    it("that are unlinked have no link, but go on", () => {
      const file = fresh();
      const fd = os.createExclusive(file, 0o600);
      os.unlink(file);
      assert.equal(os.fstat(fd).linkCount, 0);
      os.writeAll(fd, Uint8Array.of(7));
      assert.deepEqual(os.readAll(fd), Uint8Array.of(7));
      os.close(fd);
    });

    it("that are not there, and descriptors that are not open, are typed errors", () => {
      const missing = fresh();
      const fd = 1_000_000;
      for (const mode of ["readOnly", "writeOnly", "readWrite"] as const) {
        assertFails("ENOENT", "open", () => os.open(missing, mode));
      }
      assertFails("ENOENT", "lstat", () => os.lstat(missing));
      assertFails("ENOENT", "unlink", () => os.unlink(missing));
      assertFails("ENOENT", "rmdir", () => os.rmdir(missing));
      assertFails("ENOENT", "readdir", () => os.readdir(missing));
      assertFails("ENOENT", "open", () => os.createExclusive(`${missing}/x`, 0o600));
      assertFails("ENOENT", "mkdir", () => os.mkdir(`${missing}/x`, 0o750));
      assertFails("EBADF", "close", () => os.close(fd));
      assertFails("EBADF", "fstat", () => os.fstat(fd));
      assertFails("EBADF", "fstat", () => os.readAll(fd));
      assertFails("EBADF", "write", () => os.writeAll(fd, Uint8Array.of(1)));
      assertFails("EBADF", "fchmod", () => os.fchmod(fd, 0o600));
      assertFails("EBADF", "ftruncate", () => os.ftruncate(fd, 1));
      assertFails("EBADF", "fallocate", () => os.fallocate(fd, 0, 1));
      assertFails("EBADF", "mmap", () => os.map(fd, PAGE_SIZE, true));
      assertFails("EBADF", "fcntl(F_OFD_SETLK)", () => os.tryLock(fd));
      assertFails("EBADF", "fcntl(F_OFD_GETLK)", () => os.isLocked(fd));
    });
  });

  describe("directories", () => {
    it("have the mode that is asked for, whatever the umask", () => {
      const umask = process.umask(0o777);
      const folder = fresh();
      try {
        os.mkdir(folder, 0o750);
      } finally {
        process.umask(umask);
      }
      assert.deepEqual([os.lstat(folder).kind, os.lstat(folder).mode], ["directory", 0o750]);
      assertFails("EEXIST", "mkdir", () => os.mkdir(folder, 0o700));
      os.close(os.createExclusive(path.join(folder, "file"), 0o600));
      assert.deepEqual(os.readdir(folder), ["file"]);
      assertFails("ENOTEMPTY", "rmdir", () => os.rmdir(folder));
      os.unlink(path.join(folder, "file"));
      os.rmdir(folder);
      assertFails("ENOENT", "lstat", () => os.lstat(folder));
    });

    it("are no files", () => {
      assertFails("EISDIR", "open", () => os.open(directory, "writeOnly"));
      const fd = os.open(directory, "readOnly");
      assert.equal(os.fstat(fd).kind, "directory");
      os.close(fd);
    });
  });

  describe("what stands in the place of a file", () => {
    it("may be a pipe, which nobody waits for", () => {
      const pipe = fresh();
      execFileSync("mkfifo", [pipe]);
      const fd = os.open(pipe, "readOnly");
      assert.equal(os.fstat(fd).kind, "other");
      os.close(fd);
      assertFails("ENXIO", "open", () => os.open(pipe, "writeOnly"));
    });

    it("may be a link, which lstat shows", () => {
      const link = fresh();
      fs.symlinkSync("/nowhere", link);
      assert.equal(os.lstat(link).kind, "other");
      assertFails("EEXIST", "open", () => os.createExclusive(link, 0o600));
    });
  });

  describe("shared memory", () => {
    it("is created, listed and removed by name", () => {
      const name = freshName();
      const fd = os.shmCreateExclusive(name, 0o200);
      const { inode, ...status } = os.shmStatus(name);
      assert.deepEqual(status, { kind: "file", mode: 0o200, size: 0, linkCount: 1 });
      assert.equal(os.fstat(fd).inode, inode);
      assertFails("EEXIST", "open", () => os.shmCreateExclusive(name, 0o600));
      os.fchmod(fd, 0o600);
      os.close(fd);
      assert.ok(os.shmList().includes(name));
      os.close(os.shmOpen(name, "readWrite"));
      os.shmUnlink(name);
      assert.ok(!os.shmList().includes(name));
      assertFails("ENOENT", "shm_open", () => os.shmOpen(name, "readOnly"));
      assertFails("ENOENT", "shm_unlink", () => os.shmUnlink(name));
      assertFails("ENOENT", "lstat", () => os.shmStatus(name));
    });

    it("is no link to somewhere else", () => {
      const name = freshName();
      fs.symlinkSync("/etc/hostname", `/dev/shm/${name}`);
      assertFails("ELOOP", "shm_open", () => os.shmOpen(name, "readOnly"));
      os.shmUnlink(name);
    });

    it("is no pipe, and nobody waits for one", () => {
      const name = freshName();
      execFileSync("mkfifo", [`/dev/shm/${name}`]);
      const fd = os.shmOpen(name, "readOnly");
      assert.equal(os.fstat(fd).kind, "other");
      os.close(fd);
      os.shmUnlink(name);
    });

    it("is reserved up to the last byte or not at all", (t) => {
      const name = freshName();
      const fd = os.shmCreateExclusive(name, 0o600);
      try {
        os.ftruncate(fd, 2 * PAGE_SIZE);
        os.fallocate(fd, PAGE_SIZE - 1, 2);
        assert.equal(fs.fstatSync(fd).blocks * 512, 2 * PAGE_SIZE);
        assertFails("EINVAL", "fallocate", () => os.fallocate(fd, 0, 0));
        const { blocks, bsize } = fs.statfsSync("/dev/shm");
        if (blocks === 0) return t.skip("the shared memory of this machine has no limit");
        assertFails("ENOSPC", "fallocate", () => os.fallocate(fd, 0, (blocks + 1) * bsize));
        assert.deepEqual([fs.fstatSync(fd).blocks * 512, os.fstat(fd).size], [2 * PAGE_SIZE, 2 * PAGE_SIZE]);
      } finally {
        os.close(fd);
        os.shmUnlink(name);
      }
    });
  });

  describe("time", () => {
    it("is monotonic and passes while the thread sleeps", () => {
      const start = os.monotonicTime();
      os.sleep(0);
      os.yieldProcessor();
      os.sleep(2.5);
      assert.ok(os.monotonicTime() - start >= 2_000_000n);
    });
  });
});
