import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serviceHash } from "./service-hash.ts";

describe("serviceHash", () => {
  it("is upstream's", () => {
    assert.equal(serviceHash("ps/struct", "PublishSubscribe"), "9d95008274b72f46c3dd617539296ae22f4ae40d");
  });

  it("differs between the messaging patterns", () => {
    const patterns = ["PublishSubscribe", "Event", "RequestResponse", "Blackboard"] as const;
    assert.equal(new Set(patterns.map((pattern) => serviceHash("a", pattern))).size, patterns.length);
  });
});
