import assert from "node:assert/strict";
import { test } from "node:test";
import { testFiles } from "./test-files.ts";
import { Tally } from "./test-tally.ts";

test("tests are counted, suites are not, reasons to skip are shown", () => {
  const tally = new Tally();
  tally.add({ details: { type: "test" } }, true);
  tally.add({ details: {} }, true);
  tally.add({ details: { type: "suite" } }, true);
  assert.equal(tally.summary(), "2 passed, 0 failed");
  tally.add({ details: {}, skip: "no Python" }, true);
  tally.add({ details: { type: "suite" }, skip: "no Python" }, true);
  const withoutReason = true;
  tally.add({ details: {}, skip: withoutReason }, true);
  tally.add({ details: {} }, false);
  tally.add({ details: { type: "suite" } }, false);
  assert.equal(tally.failed, 1);
  assert.equal(
    tally.summary(),
    "skipped 2: no Python\nskipped 1: no reason given\n2 passed, 1 failed, 3 skipped",
  );
});

test("every set of tests has files, and the default is unit and conformance", async () => {
  const [all, unit, conformance, check, smoke] = await Promise.all(
    ([undefined, "unit", "conformance", "check", "smoke"] as const).map(testFiles),
  );
  assert.deepEqual(new Set(all), new Set([...(unit ?? []), ...(conformance ?? [])]));
  assert.ok(unit?.includes("scripts/dist/test-tally.test.js"));
  assert.ok(conformance?.includes("conformance/dist/peer.test.js"));
  assert.ok(check?.length && check.every((path) => path.endsWith(".check.js")));
  assert.ok(smoke?.length && smoke.every((path) => all?.includes(path)));
});
