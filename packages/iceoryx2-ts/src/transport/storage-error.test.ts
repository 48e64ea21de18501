import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ErrnoName, OsError } from "../os/os-error.ts";
import { isStorageError, StorageError, type StorageErrorCode, toStorageError } from "./storage-error.ts";

describe("toStorageError", () => {
  const meanings: Readonly<Record<string, readonly ErrnoName[]>> = {
    AlreadyExists: ["EEXIST"],
    DoesNotExist: ["ENOENT"],
    InsufficientPermissions: ["EACCES", "EPERM", "EROFS"],
    OutOfMemory: ["ENOSPC", "ENOMEM", "EOVERFLOW", "EDQUOT", "EFBIG"],
    Corrupted: ["ELOOP", "EISDIR", "ENOTDIR", "ENXIO"],
    InternalFailure: ["EIO", "EMFILE", "EUNKNOWN"],
  };
  for (const [code, names] of Object.entries(meanings)) {
    it(`says ${code} for ${names.join(", ")}, and keeps the cause`, () => {
      for (const name of names) {
        const cause = new OsError(name, "open", "x");
        const error = toStorageError(cause, 'file "x"');
        assert.ok(isStorageError(error, code as StorageErrorCode));
        assert.deepEqual([error.origin, error.cause], ['file "x"', cause]);
        assert.match(error.message, /^file "x": open failed/);
      }
    });
  }

  it("leaves its own errors alone and wraps any other", () => {
    const own = new StorageError("Corrupted", "x", "x is wrong");
    assert.equal(toStorageError(own, "y"), own);
    assert.equal(toStorageError(new TypeError("no"), "y").code, "InternalFailure");
    assert.equal(toStorageError("no", "y").message, "y: no");
  });

  it("is told apart by its codes", () => {
    const error = new StorageError("Corrupted", "x", "x is wrong");
    assert.ok(isStorageError(error));
    assert.ok(isStorageError(error, "DoesNotExist", "Corrupted"));
    assert.ok(!isStorageError(error, "DoesNotExist"));
    assert.ok(!isStorageError(new OsError("ENOENT", "open", "x")));
  });
});
