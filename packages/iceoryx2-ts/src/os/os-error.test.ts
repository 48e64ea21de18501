import assert from "node:assert/strict";
import { constants } from "node:os";
import { describe, it } from "node:test";
import { Iox2Error } from "../base/iox2-error.ts";
import { isOsError, OsError } from "./os-error.ts";

describe("OsError", () => {
  it("says which call failed on what, by the name of the errno", () => {
    const error = OsError.fromErrno(constants.errno.ENOENT, "open", "/some/file");
    assert.ok(error instanceof OsError && error instanceof Iox2Error);
    assert.deepEqual([error.code, error.syscall, error.origin], ["ENOENT", "open", "/some/file"]);
    assert.equal(error.message, "open failed on /some/file: ENOENT");
  });

  it("prefers the better known of two names for one number", () => {
    assert.equal(OsError.fromErrno(constants.errno.EWOULDBLOCK, "read", "x").code, "EAGAIN");
    assert.equal(OsError.fromErrno(constants.errno.EOPNOTSUPP, "read", "x").code, "ENOTSUP");
  });

  it("has a code for a number without a name", () => {
    assert.equal(OsError.fromErrno(99_999, "read", "x").code, "EUNKNOWN");
  });
});

describe("isOsError", () => {
  it("tells codes apart; without codes every OsError counts", () => {
    const error = new OsError("EACCES", "open", "x");
    assert.ok(isOsError(error));
    assert.ok(isOsError(error, "ENOENT", "EACCES"));
    assert.ok(!isOsError(error, "ENOENT"));
    assert.ok(!isOsError(Object.assign(new Error("no"), { code: "EACCES" }), "EACCES"));
  });
});
