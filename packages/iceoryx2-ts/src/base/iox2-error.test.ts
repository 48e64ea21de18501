import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClosedError, TimeoutError } from "./general-errors.ts";
import { Iox2Error } from "./iox2-error.ts";

/** A second copy of the package: the same files under another address are other modules with other classes. */
async function secondCopy(): Promise<{
  errors: typeof import("./general-errors.ts");
  Iox2Error: typeof import("./iox2-error.ts").Iox2Error;
}> {
  const load = (file: string): Promise<unknown> =>
    import(new URL(`${file}?second-copy`, import.meta.url).href);
  const errors = (await load("./general-errors.js")) as typeof import("./general-errors.ts");
  const base = (await load("./iox2-error.js")) as typeof import("./iox2-error.ts");
  return { errors, Iox2Error: base.Iox2Error };
}

class GadgetError extends Iox2Error<"Broken" | "Lost"> {
  static override readonly className: string = "GadgetError";
}

class UsersOwnError extends GadgetError {}

describe("an error of this library", () => {
  it("is an Error with a name, a code, an origin and a cause", () => {
    const cause = new Error("the reason");
    const error = new GadgetError("Broken", 'gadget "a"', "it broke.", { cause });
    assert(error instanceof Error);
    const { name, code, origin, message } = error;
    assert.deepEqual(
      { name, code, origin, message, cause: error.cause },
      { name: "GadgetError", code: "Broken", origin: 'gadget "a"', message: "it broke.", cause },
    );
    assert.match(error.stack ?? "", /^GadgetError: it broke\.|^Error: it broke\./);
  });

  it("is an instance of its class and of the base, and of nothing else", () => {
    const error: unknown = new GadgetError("Lost", "x", "y");
    assert(error instanceof GadgetError);
    assert(error instanceof Iox2Error);
    assert(!(error instanceof ClosedError));
    assert(!(new Error("y") instanceof Iox2Error));
    for (const value of [undefined, null, 5, "x", {}, { name: "GadgetError" }]) {
      assert(!((value as unknown) instanceof GadgetError), String(value));
    }
  });

  it("is no instance of a user's subclass of its class", () => {
    assert(!((new GadgetError("Lost", "x", "y") as unknown) instanceof UsersOwnError));
    assert(new UsersOwnError("Lost", "x", "y") instanceof UsersOwnError);
    assert(new UsersOwnError("Lost", "x", "y") instanceof GadgetError);
  });

  it("shows no brand when it is listed or printed", () => {
    const error = new GadgetError("Lost", "x", "y");
    assert.deepEqual(Object.getOwnPropertySymbols({ ...error }), []);
    assert.deepEqual(Object.keys(error).sort(), ["code", "name", "origin"]);
  });

  it("is recognised by another copy of the package, in both directions", async () => {
    const other = await secondCopy();
    assert.notEqual(other.errors.ClosedError, ClosedError);
    const theirs: unknown = new other.errors.ClosedError("x");
    const ours: unknown = new ClosedError("x");
    assert(theirs instanceof ClosedError);
    assert(theirs instanceof Iox2Error);
    assert(!(theirs instanceof TimeoutError));
    assert(ours instanceof other.errors.ClosedError);
    assert(!(ours instanceof other.errors.TimeoutError));
  });
});
