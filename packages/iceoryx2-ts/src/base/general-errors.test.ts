import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as generalErrors from "./general-errors.ts";
import { Iox2Error } from "./iox2-error.ts";

const { ClosedError, InvalidArgumentError, TimeoutError, UnsupportedPlatformError, UseAfterReleaseError } =
  generalErrors;

describe("general errors", () => {
  for (const [name, type] of Object.entries(generalErrors)) {
    it(`${name} states its own name and a list of codes`, () => {
      assert.equal(type.className, name);
      assert(Object.hasOwn(type, "codes"));
      assert(type.codes.length > 0);
      assert.equal(new Set(type.codes).size, type.codes.length);
      assert(type.prototype instanceof Error);
    });
  }

  it("with one code need none to be made", () => {
    const cause = new Error("why");
    for (const type of [
      InvalidArgumentError,
      UseAfterReleaseError,
      TimeoutError,
      UnsupportedPlatformError,
      ClosedError,
    ]) {
      const error: Iox2Error = new type("origin", "message", { cause });
      assert.deepEqual([error.code], type.codes);
      assert.deepEqual([error.origin, error.message, error.cause], ["origin", "message", cause]);
      assert(error instanceof Iox2Error);
    }
  });

  it("say what is closed without being told", () => {
    assert.equal(new ClosedError('node "camera"').message, 'node "camera" is closed.');
  });
});
