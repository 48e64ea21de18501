import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidNameError } from "../base/general-errors.ts";
import {
  AttributeDefinitionError,
  checkRequirements,
  defineAttributes,
  MAX_ATTRIBUTES,
  requireAttributes,
} from "./attributes.ts";

const isTooMany = (error: unknown): boolean =>
  error instanceof AttributeDefinitionError && error.code === "ExceedsMaxSupportedAttributes";
const numbered = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, "value"]));

describe("attributes", () => {
  it("are sorted by key, then by value, and keep duplicates", () => {
    assert.deepEqual(defineAttributes({ b: ["2", "10", "2"], a: "x", B: "y" }), [
      { key: "B", value: "y" },
      { key: "a", value: "x" },
      { key: "b", value: "10" },
      { key: "b", value: "2" },
      { key: "b", value: "2" },
    ]);
    assert.deepEqual(defineAttributes({}), []);
  });

  it("have names that peers allow", () => {
    assert.throws(() => defineAttributes({ "": "a" }), InvalidNameError);
    assert.throws(() => defineAttributes({ a: "" }), InvalidNameError);
    assert.throws(() => defineAttributes({ a: ["b", "\u00e9"] }), InvalidNameError);
    assert.throws(() => requireAttributes({}, ["k".repeat(65)]), InvalidNameError);
  });

  it("are at most as many as a service can store", () => {
    assert.equal(defineAttributes(numbered(MAX_ATTRIBUTES)).length, MAX_ATTRIBUTES);
    assert.throws(() => defineAttributes(numbered(MAX_ATTRIBUTES + 1)), isTooMany);
    requireAttributes(numbered(MAX_ATTRIBUTES - 1), ["key"]);
    assert.throws(() => requireAttributes(numbered(MAX_ATTRIBUTES), ["key"]), isTooMany);
  });
});

describe("attribute requirements", () => {
  const attributes = defineAttributes({ zone: ["front", "rear"], dds: "reliable" });

  it("are met by attributes that have all of them", () => {
    assert.equal(checkRequirements(attributes, requireAttributes()), undefined);
    assert.equal(
      checkRequirements(attributes, requireAttributes({ zone: "rear" }, ["dds", "zone"])),
      undefined,
    );
    assert.equal(checkRequirements(attributes, requireAttributes({ zone: ["rear", "front"] })), undefined);
  });

  it("say which of them is not met", () => {
    const unmet = (...requirements: Parameters<typeof requireAttributes>): string =>
      checkRequirements(attributes, requireAttributes(...requirements)) ?? "";
    assert.match(unmet({ zone: "left" }), /"zone" must be "left", but it is "front" and "rear"\. Require/);
    assert.match(unmet({ speed: "5" }), /"speed" must be "5", but there is none\./);
    assert.match(
      unmet({ dds: "reliable" }, ["speed"]),
      /must have an attribute "speed", but there is none\./,
    );
  });
});
