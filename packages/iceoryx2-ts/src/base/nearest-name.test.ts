import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nearestName } from "./nearest-name.ts";

const candidates = ["maxSubscribers", "maxPublishers", "maxNodes", "historySize"];

describe("nearestName", () => {
  it("finds what was meant", () => {
    assert.equal(nearestName("maxSubscriber", candidates), "maxSubscribers");
    assert.equal(nearestName("maxPubishers", candidates), "maxPublishers");
    assert.equal(nearestName("historysize", candidates), "historySize");
    assert.equal(nearestName("size", ["siez", "sizes"]), "sizes");
  });

  it("finds nothing where nothing is similar", () => {
    assert.equal(nearestName("colour", candidates), undefined);
    assert.equal(nearestName("", candidates), undefined);
    assert.equal(nearestName("maxNodes", []), undefined);
  });
});
